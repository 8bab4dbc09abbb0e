import assert from "node:assert/strict";
import { onEveryDatabase } from "../support/database.ts";
import { withServer } from "../support/server.ts";

const SEND = `mutation ($html: String) {
  sendMessage(input: {
    title: "Sample", to: { list: [{ address: "ada@example.com", name: "<b>Ada</b>" }] }
    content: { subject: "Hello", text: "Hello {{ name }}", html: $html }
  }) { ... on SendMessagePayload { message { deliveries { nodes { id contentUrl } } } } }
}`;

onEveryDatabase(
  "contentUrl shows the HTML of a delivery in a sandbox, and only with its own token",
  ({ db }) =>
    withServer(db, async ({ url, post }) => {
      const html = "<p>Hello {{ name }}</p><script>alert(1)</script>";
      const sent = await Promise.all([1, 2].map(() => post(SEND, { variables: { html } })));
      const [first = "", second = ""] = sent.map(({ body }): string =>
        body.data.sendMessage.message.deliveries.nodes[0].contentUrl
      );
      const response = await fetch(new URL(first, url));
      assert.equal(response.status, 200);
      assert.match(await response.text(), /<p>Hello &lt;b&gt;Ada&lt;\/b&gt;<\/p>/);
      const policy = response.headers.get("content-security-policy") ?? "";
      assert.match(policy, /^sandbox; default-src 'none';/);
      assert.doesNotMatch(policy, /script|allow/);

      const [path = ""] = first.split("?");
      const [, foreignToken = ""] = second.split("?");
      for (
        const refused of [
          path,
          `${path}?${foreignToken}`,
          `${first.slice(0, -4)}AAAA`,
          "/content/x?token=y",
        ]
      ) {
        const answer = await fetch(new URL(refused, url));
        assert.equal(answer.status, 404, refused);
        await answer.body?.cancel();
      }
    }),
);

onEveryDatabase(
  "contentUrl is null for a message without HTML",
  ({ db }) =>
    withServer(db, async ({ post }) => {
      const { body } = await post(SEND, { variables: { html: null } });
      const [{ contentUrl }] = body.data.sendMessage.message.deliveries.nodes;
      assert.equal(contentUrl, null);
    }),
);

onEveryDatabase(
  "POST /content/preview sends HTML back in a sandbox, to callers with a key only",
  ({ db }) =>
    withServer(db, async ({ url, keys }) => {
      const preview = (key: string) =>
        fetch(new URL("/content/preview", url), {
          method: "POST",
          body: new URLSearchParams({ key, html: "<p>Hello</p>" }),
        });
      const shown = await preview(keys.MEMBER);
      assert.equal(await shown.text(), "<p>Hello</p>");
      assert.match(
        shown.headers.get("content-security-policy") ?? "",
        /^sandbox; default-src 'none';/,
      );
      const refused = await preview("wb_unknown");
      assert.equal(refused.status, 401);
      assert.doesNotMatch(await refused.text(), /Hello/);
    }),
);

onEveryDatabase(
  "POST /content/preview reads at most 4 MB, also of a body without a length",
  ({ db }) =>
    withServer(db, async ({ url, keys }) => {
      const body = (bytes: number) => `key=${keys.MEMBER}&html=${"x".repeat(bytes)}`;
      const preview = async (body: BodyInit) => {
        const response = await fetch(new URL("/content/preview", url), {
          method: "POST",
          headers: { "content-type": "application/x-www-form-urlencoded" },
          body,
        });
        await response.body?.cancel();
        return response.status;
      };
      const chunked = (text: string) => ReadableStream.from([new TextEncoder().encode(text)]);
      assert.equal(await preview(body(3_900_000)), 200);
      assert.equal(await preview(chunked(body(3_900_000))), 200);
      assert.equal(await preview(body(4_100_000)), 413);
      assert.equal(await preview(chunked(body(4_100_000))), 413);
    }),
);
