import { Button, Stack, Text, Title } from "@mantine/core";
import { useRouter } from "@tanstack/react-router";

/** Page of an address or an id that does not exist. */
export function MissingPage({ noun = "page" }: { readonly noun?: string }) {
  const router = useRouter();
  return (
    <Stack align="center" py={64} px="md" gap="xs">
      <Title order={1} size="h3">This {noun} does not exist</Title>
      <Text maw={480} ta="center">
        {noun === "page"
          ? "There is no page at this address. Check it, or go back."
          : `It was deleted, belongs to another organization or user, or its id is mistyped.`}
      </Text>
      <Button variant="default" onClick={() => router.history.back()}>Back</Button>
    </Stack>
  );
}
