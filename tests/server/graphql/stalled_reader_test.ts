import assert from "node:assert/strict";
import { createSchema } from "graphql-yoga";
import { onPostgres } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";
import { until } from "../../support/until.ts";

const LARGE = "x".repeat(1_000_000);

/** A schema whose subscription always has another event of 1 MB. */
function endlessSchema() {
  let open = 0;
  const schema = createSchema({
    typeDefs: "type Query { word: String } type Subscription { large: String! }",
    resolvers: {
      Subscription: {
        large: {
          async *subscribe() {
            open++;
            try {
              while (true) yield { large: await Promise.resolve(LARGE) };
            } finally {
              open--;
            }
          },
        },
      },
    },
  });
  return { schema, open: () => open };
}

/** Subscribes over a socket from which nothing is read. */
async function subscribe(url: string, key: string): Promise<Deno.TcpConn> {
  const { hostname, port } = new URL(url);
  const socket = await Deno.connect({ hostname, port: Number(port) });
  const body = JSON.stringify({ query: "subscription { large }" });
  const head = [
    "POST /graphql HTTP/1.1",
    `Host: ${hostname}`,
    `Authorization: Bearer ${key}`,
    "Accept: text/event-stream",
    "Content-Type: application/json",
    `Content-Length: ${body.length}`,
  ];
  await socket.write(new TextEncoder().encode(`${head.join("\r\n")}\r\n\r\n${body}`));
  return socket;
}

onPostgres("POST /graphql ends the subscription of a client that stops reading", ({ db }) => {
  const { schema, open } = endlessSchema();
  return withServer(db, async ({ url, keys }) => {
    const socket = await subscribe(url, keys.ADMIN);
    await until("the subscription is open", () => open() === 1);
    await until("the subscription is ended", () => open() === 0);
    socket.close();
  }, { schema, readerDeadlineMs: 300 });
});

onPostgres(
  "POST /graphql sends the first byte of an event stream at once, past nginx",
  ({ db }) => {
    const schema = createSchema({
      typeDefs: "type Query { word: String } type Subscription { never: String! }",
      resolvers: {
        Subscription: {
          never: {
            // deno-lint-ignore require-yield
            async *subscribe() {
              await new Promise<void>(() => {});
            },
          },
        },
      },
    });
    return withServer(db, async ({ url, keys }) => {
      const abort = new AbortController();
      const response = await fetch(url, {
        method: "POST",
        headers: {
          accept: "text/event-stream",
          authorization: `Bearer ${keys.ADMIN}`,
          "content-type": "application/json",
        },
        body: JSON.stringify({ query: "subscription { never }" }),
        signal: abort.signal,
      });
      assert.equal(response.headers.get("x-accel-buffering"), "no");
      const reader = response.body?.getReader();
      assert.match(new TextDecoder().decode((await reader?.read())?.value), /^:/);
      abort.abort();
    }, { schema });
  },
);
