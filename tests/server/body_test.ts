import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { SECRET } from "../support/inbound_mail.ts";
import { withServer } from "../support/server.ts";

const BYTES = 30_000_000;
const PART = new TextEncoder().encode("x".repeat(65_536));
const WEBHOOKS = {
  secret: SECRET,
  mailgunSigningKey: SECRET,
  shopifySecret: SECRET,
  snsTopicArns: [],
};
const ROUTES: Readonly<Record<string, { readonly type: string; readonly status: number }>> = {
  "/webhooks/email": { type: "application/json", status: 413 },
  "/webhooks/mailgun": { type: "multipart/form-data; boundary=x", status: 406 },
  "/webhooks/bounces/dsn": { type: "message/rfc822", status: 413 },
  "/webhooks/shopify/orders": { type: "application/json", status: 413 },
  "/graphql": { type: "application/json", status: 413 },
  "/content/preview": { type: "application/x-www-form-urlencoded", status: 413 },
};

async function write(connection: Deno.Conn, ...parts: Uint8Array[]): Promise<void> {
  for (let rest of parts) {
    while (rest.length > 0) rest = rest.subarray(await connection.write(rest));
  }
}

/** Posts a body of 30 MB and reads the status of the answer after the last byte is sent, as many clients do. */
async function statusAfter(
  url: URL,
  headers: readonly string[],
  chunked: boolean,
): Promise<number> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  using connection = await Deno.connect({ hostname: url.hostname, port: Number(url.port) });
  const length = chunked ? "transfer-encoding: chunked" : `content-length: ${BYTES}`;
  const head = [`POST ${url.pathname} HTTP/1.1`, `host: ${url.host}`, length, ...headers, "", ""];
  await write(connection, bytes(head.join("\r\n")));
  for (let sent = 0; sent < BYTES; sent += PART.length) {
    const part = PART.subarray(0, BYTES - sent);
    if (chunked) {
      await write(connection, bytes(`${part.length.toString(16)}\r\n`), part, bytes("\r\n"));
    } else await write(connection, part);
  }
  if (chunked) await write(connection, bytes("0\r\n\r\n"));
  const answer = new Uint8Array(64);
  const size = await connection.read(answer) ?? 0;
  return Number(new TextDecoder().decode(answer.subarray(0, size)).split(" ")[1]);
}

for (const [path, { type, status }] of Object.entries(ROUTES)) {
  for (const chunked of [false, true]) {
    const kind = chunked ? "a chunked body" : "a body";
    onPostgres(
      `POST ${path} answers ${status} to ${kind} of 30 MB, not with a lost connection`,
      ({ db }) =>
        withServer(db, async ({ url, keys }) => {
          const headers = [`content-type: ${type}`, `authorization: Bearer ${keys.ADMIN}`];
          for (let n = 0; n < 10; n++) {
            assert.equal(await statusAfter(new URL(path, url), headers, chunked), status);
          }
        }, { webhooks: WEBHOOKS }),
    );
  }
}
