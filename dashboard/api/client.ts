import { cacheExchange } from "@urql/exchange-graphcache";
import { Client, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import { connect } from "./connection.ts";
import { createReread } from "./reread.ts";
import { restartSession, signOut } from "./session.ts";

const ENDED =
  "The server no longer accepts this key: it was revoked, has expired, or its role was changed. " +
  "Sign in with another key.";

/** Access to the API of one session. */
export interface Api {
  readonly client: Client;
  /** Closes the live connection. */
  close(): void;
}

/** Opens the API with a key: operations over HTTP, subscriptions over WebSocket, one cache for both. */
export function openApi(key: string): Api {
  const reread = createReread();
  const socket = connect(key, {
    onReconnected: reread.all,
    onEnded: restartSession,
    onUnauthorized: () => signOut(ENDED),
  });
  const client = new Client({
    url: "/graphql",
    preferGetMethod: false,
    requestPolicy: "cache-and-network",
    fetchOptions: { headers: { authorization: `Bearer ${key}` } },
    exchanges: [
      reread.exchange,
      // Objects without an id are part of the object that holds them, which is what the cache warns about.
      cacheExchange({
        possibleTypes: {
          Error: ["ConflictError", "ForbiddenError", "InvalidInputError", "NotFoundError"],
        },
        logger: (severity, text) => severity === "error" && reportError(text),
      }),
      mapExchange({
        onResult({ error }) {
          const codes = error?.graphQLErrors.map(({ extensions }) => extensions.code);
          if (codes?.includes("UNAUTHENTICATED")) signOut(ENDED);
        },
      }),
      fetchExchange,
      subscriptionExchange({
        forwardSubscription: ({ query = "", variables, operationName, extensions }) => ({
          subscribe: (sink) => ({
            unsubscribe: socket.subscribe(
              { query, variables: { ...variables }, operationName, extensions },
              {
                ...sink,
                next: ({ data, errors }) => sink.next({ data, errors: errors && [...errors] }),
              },
            ),
          }),
        }),
      }),
    ],
  });
  return { client, close: () => void socket.dispose() };
}
