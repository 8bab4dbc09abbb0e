import { getLogger } from "@logtape/logtape";
import { GRAPHQL_TRANSPORT_WS_PROTOCOL, type Server } from "graphql-ws";
import type { Session } from "../../domain/access/access.ts";
import { toClientError } from "../errors.ts";
import { quoteLongNumbers } from "../long_numbers.ts";
import { MAX_BODY_BYTES } from "./graphql.ts";
import type { OpenSession } from "./sessions.ts";

/** Data that graphql-ws keeps for each connection. */
export interface Connected {
  readonly socket: WebSocket;
  session?: Session;
  open?: OpenSession;
}

/** Protocol server of graphql-ws. */
export type Protocol = Server<Connected>;

/** Close codes of WebSockets. Clients of graphql-ws reconnect after the first two only. */
export const CLOSE = {
  goingAway: 1001,
  tryAgainLater: 1013,
  tooBig: 1009,
  unauthorized: 4401,
  internalError: 4500,
} as const;

// RFC 6455 §5.5: 125 bytes, of which the code takes two. A longer reason makes close() throw.
const MAX_REASON_BYTES = 123;
const BUFFER_BYTES = 256_000;
const BUFFER_POLL_MS = 20;
const SEND_DEADLINE_MS = 30_000;
const log = getLogger(["waybill", "server"]);

/** Connects graphql-ws to a WebSocket of Deno. */
export function connectSocket(protocol: Protocol, socket: WebSocket): void {
  let onClosed: ((code?: number, reason?: string) => Promise<void>) | undefined;
  socket.onopen = () => {
    onClosed = protocol.opened({
      // A constant, because Deno leaves socket.protocol empty on the server.
      protocol: GRAPHQL_TRANSPORT_WS_PROTOCOL,
      send: (text) => send(socket, text),
      close: (code, reason) => closeSocket(socket, code, reason),
      onMessage: (receive) =>
        socket.onmessage = ({ data }) => receiveMessage(socket, data, receive),
    }, { socket });
  };
  socket.onclose = ({ code, reason }) => {
    onClosed?.(code, reason).catch((error) =>
      log.error("Cannot end the subscriptions of a closed WebSocket", { error })
    );
  };
  // Only logged: the close event follows, and its handler ends the subscriptions.
  socket.onerror = (event) =>
    log.debug("WebSocket failed: {reason}", {
      reason: event instanceof ErrorEvent ? event.message : event.type,
    });
}

/**
 * Closes a WebSocket unless it is closed or closing already.
 *
 * @param reason shortened to the limit of the protocol
 */
export function closeSocket(socket: WebSocket, code?: number, reason = ""): void {
  if (socket.readyState === WebSocket.OPEN) socket.close(code, shorten(reason));
}

function shorten(reason: string): string {
  const bytes = new TextEncoder().encode(reason).subarray(0, MAX_REASON_BYTES);
  // With `stream`, the decoder drops an incomplete character at the end.
  return new TextDecoder().decode(bytes, { stream: true });
}

async function receiveMessage(
  socket: WebSocket,
  data: unknown,
  receive: (text: string) => Promise<void>,
): Promise<void> {
  if (typeof data === "string" && data.length > MAX_BODY_BYTES) {
    return closeSocket(socket, CLOSE.tooBig, "Message too big");
  }
  try {
    await receive(quoteLongNumbers(String(data)));
  } catch (error) {
    closeSocket(socket, CLOSE.internalError, toClientError(error).message);
  }
}

// Resolves once the client has read enough, so that events for a slow client are merged, not queued.
async function send(socket: WebSocket, text: string): Promise<void> {
  if (socket.readyState !== WebSocket.OPEN) return;
  socket.send(text);
  const deadline = Date.now() + SEND_DEADLINE_MS;
  while (socket.readyState === WebSocket.OPEN && socket.bufferedAmount > BUFFER_BYTES) {
    if (Date.now() > deadline) {
      return closeSocket(socket, CLOSE.tryAgainLater, "Client reads too slowly");
    }
    await new Promise((resolve) => setTimeout(resolve, BUFFER_POLL_MS));
  }
}
