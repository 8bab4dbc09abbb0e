import { Center, Loader, Stack, Text } from "@mantine/core";
import { RouterProvider } from "@tanstack/react-router";
import { useMemo } from "react";
import { useQuery } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { IdPagesContext } from "../kit/links.tsx";
import { SCREENS } from "../screens.ts";
import { router } from "./router.tsx";
import { ViewerContext, ViewerQuery } from "./viewer.tsx";

/** The screens, once the server has said who the caller is. */
export function SignedIn() {
  const [{ data, error }] = useQuery({ query: ViewerQuery });
  const pages = useMemo(() => Object.assign({}, ...SCREENS.map(({ ids }) => ids)), []);
  if (!data) {
    return (
      <Center h="100vh">
        {error ? <ErrorNotice reason={reasonOf(error)} /> : (
          <Stack align="center">
            <Loader />
            <Text>Signing in …</Text>
          </Stack>
        )}
      </Center>
    );
  }
  return (
    <ViewerContext value={data.viewer}>
      <IdPagesContext value={pages}>
        <RouterProvider router={router} />
      </IdPagesContext>
    </ViewerContext>
  );
}
