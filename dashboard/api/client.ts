import { cacheExchange, type Data, type DataField } from "@urql/exchange-graphcache";
import { createContext, useContext } from "react";
import { Client, type Exchange, fetchExchange, mapExchange, subscriptionExchange } from "urql";
import type { Client as Socket } from "graphql-ws";
import { connect } from "./connection.ts";
import { createReread } from "./reread.ts";
import { restartSession, signOut } from "./session.ts";

const ENDED =
  "The server no longer accepts this key: it was revoked, has expired, or its role was changed. " +
  "Sign in with another key.";

/** Access to the API of one session. */
export interface Api {
  readonly client: Client;
  /** Client without a cache, for lists: they keep their rows themselves, and may have 100,000 of them. */
  readonly uncached: Client;
  /** Closes the live connection. */
  close(): void;
}

/** Client without a cache; provided by the session. */
export const UncachedContext = createContext<Client | null>(null);

/** The client without a cache, for what is kept elsewhere or is not read again. */
export function useUncached(): Client {
  const client = useContext(UncachedContext);
  if (!client) throw new Error("useUncached() is used outside a session");
  return client;
}

/** Opens the API with a key: operations over HTTP, subscriptions over WebSocket, one cache for both. */
export function openApi(key: string): Api {
  const reread = createReread();
  const socket = connect(key, {
    onReconnected: reread.all,
    onEnded: restartSession,
    onUnauthorized: () => signOut(ENDED),
  });
  const open = (exchanges: readonly Exchange[]) =>
    new Client({
      url: "/graphql",
      preferGetMethod: false,
      requestPolicy: "cache-and-network",
      fetchOptions: { headers: { authorization: `Bearer ${key}` } },
      exchanges: [...exchanges, signOutIfRefused(), fetchExchange, subscribeBy(socket)],
    });
  // Objects without an id are part of the object that holds them, which is what the cache warns about.
  const cache = cacheExchange({
    // It has no id, but its path is unique.
    keys: { InboundRoute: ({ path }) => typeof path === "string" ? path : null },
    updates: {
      Subscription: {
        // A newer suggestion takes the place of the earlier one; its thread need not be read for that.
        suggestionUpdated({ suggestionUpdated: newest }, { threadId }, cache) {
          const thread = { __typename: "Thread", id: String(threadId) };
          if (isObject(newest)) cache.link(thread, "suggestion", newest);
        },
      },
    },
    possibleTypes: {
      Error: ["ConflictError", "ForbiddenError", "InvalidInputError", "NotFoundError"],
    },
    logger: (severity, text) => severity === "error" && reportError(text),
  });
  return {
    client: open([reread.exchange, cache]),
    uncached: open([]),
    close: () => void socket.dispose(),
  };
}

function isObject(field: DataField | undefined): field is Data {
  return typeof field === "object" && field !== null && "__typename" in field;
}

function signOutIfRefused(): Exchange {
  return mapExchange({
    onResult({ error }) {
      const codes = error?.graphQLErrors.map(({ extensions }) => extensions.code);
      if (codes?.includes("UNAUTHENTICATED")) signOut(ENDED);
    },
  });
}

function subscribeBy(socket: Socket): Exchange {
  return subscriptionExchange({
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
  });
}
