/** A WebSocket without the protocol of a client library. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** The next message, parsed. */
  message(): Promise<{ readonly type: string; readonly id?: string; readonly payload?: unknown }>;
  /** Resolves with the code and reason when it is closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens a WebSocket to the GraphQL endpoint. */
export async function openSocket(
  url: string,
  protocol = "graphql-transport-ws",
): Promise<RawSocket> {
  const socket = new WebSocket(url.replace("http", "ws"), protocol);
  const messages: string[] = [];
  let wake = () => {};
  const closed = new Promise<{ code: number; reason: string }>((resolve) => {
    socket.onclose = ({ code, reason }) => resolve({ code, reason });
  });
  socket.onmessage = ({ data }) => {
    messages.push(String(data));
    wake();
  };
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  socket.onerror = null;
  return {
    socket,
    closed,
    async message() {
      while (messages.length === 0) await new Promise<void>((resolve) => wake = resolve);
      return JSON.parse(messages.shift() ?? "");
    },
  };
}
