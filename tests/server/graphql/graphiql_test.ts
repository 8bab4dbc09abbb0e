import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { createGraphiQL } from "../../../src/server/graphql/graphiql.ts";
import { onPostgres } from "../../support/database.ts";
import { withServer } from "../../support/server.ts";

const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

onPostgres(
  "GET /graphql sends GraphiQL to a browser without a key, with nothing loaded from elsewhere",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(url, { headers: BROWSER });
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      const html = await response.text();
      const [head, tail] = [html.split("<script>")[0] ?? "", html.slice(-5000)];
      // Only the markup around the script, which contains addresses that people can open.
      assert.doesNotMatch(head + tail, /(src|href|@import)\s*[=(]?\s*["']?(https?:)?\/\//);
      assert.doesNotMatch(html, /<script[^>]+src=/);
      assert.doesNotMatch(html, /<link[^>]+href="(?!data:)/);

      const policy = response.headers.get("content-security-policy") ?? "";
      const script = /<script>(.*?)<\/script>/s.exec(html)?.[1] ?? "";
      const hash = createHash("sha256").update(script).digest("base64");
      assert.ok(policy.includes(`script-src 'sha256-${hash}';`));
      assert.match(policy, /default-src 'none'/);
      assert.match(policy, /connect-src 'self';/);
      assert.doesNotMatch(policy, /https?:|unsafe-eval|\*/);
    }),
);

onPostgres(
  "GET /graphql answers 304 if the browser has cached GraphiQL",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const first = await fetch(url, { headers: BROWSER });
      await first.body?.cancel();
      assert.equal(first.headers.get("vary"), "accept, accept-encoding");
      const etag = first.headers.get("etag") ?? "";
      const second = await fetch(url, { headers: { ...BROWSER, "if-none-match": etag } });
      assert.equal(second.status, 304);
    }),
);

onPostgres(
  "GET /graphql sends GraphiQL for an address with a query, as after a reload",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(`${url}?query={viewer{id}}`, { headers: BROWSER });
      assert.equal(response.status, 200);
      assert.match(response.headers.get("content-type") ?? "", /^text\/html/);
      await response.body?.cancel();
    }),
);

onPostgres(
  "GET /graphql answers 401 to a query without a key",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const response = await fetch(`${url}?query={viewer{id}}`);
      assert.equal(response.status, 401);
      await response.body?.cancel();
    }),
);

Deno.test("GraphiQL is read in parts, so that a client that does not read gets a part only", async () => {
  const { body } = await createGraphiQL()(new Request("http://localhost/graphql"));
  let [largest, total] = [0, 0];
  for await (const part of body ?? []) {
    largest = Math.max(largest, part.length);
    total += part.length;
  }
  assert.ok(total > 1_000_000);
  assert.ok(largest <= 16_384, `a part of ${largest} bytes`);
});
