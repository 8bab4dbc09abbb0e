/** A WebSocket without a client's manners. */
export interface RawSocket {
  readonly socket: WebSocket;
  /** The next message, parsed. */
  message(): Promise<{ readonly type: string; readonly id?: string; readonly payload?: unknown }>;
  /** How it was closed. */
  readonly closed: Promise<{ readonly code: number; readonly reason: string }>;
}

/** Opens one to the GraphQL endpoint. */
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
