import { MantineProvider } from "@mantine/core";
import { useEffect, useState } from "react";
import { Provider } from "urql";
import { type Api, openApi, UncachedContext } from "../api/client.ts";
import { session } from "../api/session.ts";
import { useStore } from "../api/store.ts";
import { readNonce } from "./nonce.ts";
import { SignIn } from "./sign_in.tsx";
import { SignedIn } from "./signed_in.tsx";
import { theme } from "./theme.ts";

/** The dashboard: the sign-in page, or the screens of a session. */
export function App() {
  const { key, restarts } = useStore(session);
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" getStyleNonce={readNonce}>
      {key === null ? <SignIn /> : <Session key={`${key} ${restarts}`} apiKey={key} />}
    </MantineProvider>
  );
}

// A new key gets a new client, so that nothing of an earlier session stays in the cache.
function Session({ apiKey }: { readonly apiKey: string }) {
  const [api, setApi] = useState<Api | null>(null);
  useEffect(() => {
    const opened = openApi(apiKey);
    setApi(opened);
    return opened.close;
  }, [apiKey]);
  return api && (
    <Provider value={api.client}>
      <UncachedContext value={api.uncached}>
        <SignedIn />
      </UncachedContext>
    </Provider>
  );
}
