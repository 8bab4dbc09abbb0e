import { type Client, createClient } from "graphql-ws";
import { createStore } from "./store.ts";

/** State of the WebSocket. The page stays usable while it reconnects. */
export type ConnectionState =
  | { readonly state: "CONNECTING" | "LIVE" }
  | { readonly state: "RECONNECTING"; readonly since: number };

const UNAUTHORIZED = 4401;
const PING_MS = 10_000;
const PONG_MS = 5_000;
const MAX_WAIT_MS = 3_000;

/** State of the live connection of this tab. */
export const connection = createStore<ConnectionState>({ state: "CONNECTING" });

/** Handlers of a live connection. */
export interface ConnectionHandlers {
  /** Called after a lost connection is back: everything read before may be stale. */
  readonly onReconnected: () => void;
  /** Called when the server ended the connection with an error after which graphql-ws does not reconnect. */
  readonly onEnded: () => void;
  /** Called when the server refuses the key. */
  readonly onUnauthorized: () => void;
}

/** Opens the WebSocket of a session, which reconnects until it is disposed of. */
export function connect(key: string, handlers: ConnectionHandlers): Client {
  let pong: ReturnType<typeof setTimeout> | undefined;
  let socket: WebSocket | undefined;
  connection.set({ state: "CONNECTING" });
  return createClient({
    url: `${location.origin.replace(/^http/, "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${key}` },
    lazy: false,
    retryAttempts: Infinity,
    shouldRetry: () => true,
    retryWait: (retries) =>
      wait(Math.min(250 * 2 ** retries, MAX_WAIT_MS) * (0.8 + Math.random() * 0.4)),
    keepAlive: PING_MS,
    on: {
      opened: (opened) => socket = opened instanceof WebSocket ? opened : undefined,
      connected: (_socket, _payload, wasRetry) => {
        connection.set({ state: "LIVE" });
        if (wasRetry) handlers.onReconnected();
      },
      closed: (event) => {
        clearTimeout(pong);
        if (event instanceof CloseEvent && event.code === UNAUTHORIZED) handlers.onUnauthorized();
        else markLost();
      },
      // A dead connection reports nothing, so a missing pong closes it.
      ping: (received) => {
        if (!received) pong = setTimeout(() => socket?.close(4408, "No pong"), PONG_MS);
      },
      pong: (received) => {
        if (received) clearTimeout(pong);
      },
    },
    onNonLazyError: (error) => {
      const refused = error instanceof CloseEvent && error.code === UNAUTHORIZED;
      if (!refused) setTimeout(handlers.onEnded, MAX_WAIT_MS);
    },
  });
}

function markLost(): void {
  if (connection.get().state !== "RECONNECTING") {
    connection.set({ state: "RECONNECTING", since: Date.now() });
  }
}

function wait(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
