import { sleep } from "./until.ts";

/** TCP proxy that can stop or delay forwarding without closing its connections. */
export interface Freezer extends AsyncDisposable {
  /** URL of the server through the proxy. */
  readonly url: string;
  /** Stops forwarding on the open connections; new ones work. */
  freeze(): void;
  /** Stops forwarding answers on the open connections; requests still arrive, and new ones work. */
  freezeAnswers(): void;
  /** Stops forwarding on all connections, open and new ones. */
  freezeAll(): void;
  /** Forwards every answer after this delay, in milliseconds. */
  delay(ms: number): void;
}

/** Opens a proxy of the server at `target`, by default of PostgreSQL. */
export function openFreezer(target: URL): Freezer {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const connections = new Set<Deno.TcpConn>();
  let freezing = new AbortController();
  let losingAnswers = new AbortController();
  let delayMs = 0;
  const delaying = () =>
    new TransformStream<Uint8Array, Uint8Array>({
      async transform(chunk, controller) {
        // No timer without a delay, because it would never fire in tests that stop the time.
        if (delayMs > 0) await sleep(delayMs);
        controller.enqueue(chunk);
      },
    });

  const serve = async (near: Deno.TcpConn) => {
    const { signal } = freezing;
    const answers = AbortSignal.any([signal, losingAnswers.signal]);
    const far = await Deno.connect({
      hostname: target.hostname,
      port: Number(target.port || 5432),
    });
    connections.add(near).add(far);
    const silently = { signal, preventAbort: true, preventCancel: true };
    await Promise.allSettled([
      near.readable.pipeTo(far.writable, silently),
      far.readable.pipeThrough(delaying(), { signal: answers, preventCancel: true })
        .pipeTo(near.writable, { signal: answers, preventAbort: true }),
    ]);
  };
  const serving = (async () => {
    const served: Promise<void>[] = [];
    for await (const near of listener) served.push(serve(near));
    await Promise.all(served);
  })();

  const url = new URL(target);
  url.hostname = listener.addr.hostname;
  url.port = String(listener.addr.port);
  return {
    url: url.href,
    freeze() {
      freezing.abort();
      freezing = new AbortController();
    },
    freezeAnswers() {
      losingAnswers.abort();
      losingAnswers = new AbortController();
    },
    freezeAll: () => freezing.abort(),
    delay(ms) {
      delayMs = ms;
    },
    async [Symbol.asyncDispose]() {
      listener.close();
      for (const connection of connections) closeIfOpen(connection);
      await serving;
    },
  };
}

function closeIfOpen(connection: Deno.TcpConn): void {
  try {
    connection.close();
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource)) throw error;
  }
}
