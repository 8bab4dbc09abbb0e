import assert from "node:assert/strict";
import { newId } from "../../src/domain/id.ts";
import { listSuppressions } from "../../src/domain/suppressions/list.ts";
import { openUnsubscribeLinks } from "../../src/domain/suppressions/unsubscribe.ts";
import { onEveryDatabase } from "../support/database.ts";
import { type TestServer, withServer } from "../support/server.ts";

async function linkFor({ services, url, organization }: TestServer, address: string) {
  const linkOf = await openUnsubscribeLinks(services.db, new URL(url).origin);
  const organizationId = organization.id;
  return linkOf({ organizationId, channel: "EMAIL", address, deliveryId: newId() });
}

async function readSuppressions(
  { services, organization: { admin } }: TestServer,
): Promise<string[]> {
  const { edges } = await listSuppressions(services, admin, {}, {});
  return edges.map(({ node: { address, reason } }) => `${address} ${reason}`);
}

onEveryDatabase(
  "GET /unsubscribe shows a page, and only POST unsubscribes",
  ({ db }) =>
    withServer(db, async (server) => {
      const link = await linkFor(server, "Ada+<b>@Example.net");
      const page = await fetch(link);
      assert.equal(page.status, 200);
      const html = await page.text();
      assert.match(html, /<form method="post"><button>Unsubscribe<\/button>/);
      assert.match(html, /Ada\+&lt;b&gt;@Example\.net/);
      assert.deepEqual(await readSuppressions(server), []);

      // One-click unsubscribe, RFC 8058 §3.2.
      const body = new URLSearchParams({ "List-Unsubscribe": "One-Click" });
      for (let times = 0; times < 2; times++) {
        const response = await fetch(link, { method: "POST", body });
        assert.equal(response.status, 200);
        assert.match(await response.text(), /Unsubscribed/);
      }
      assert.deepEqual(await readSuppressions(server), ["ada+<b>@example.net UNSUBSCRIBED"]);
    }),
);

onEveryDatabase(
  "GET and POST /unsubscribe accept a link with the characters that follow it in a text",
  ({ db }) =>
    withServer(db, async (server) => {
      const suffixes = [
        ")",
        ").",
        "%29",
        "/",
        "//",
        ">",
        "%3E%3C/a%3E",
        ".",
        ",",
        ";",
        "!",
        "?",
        "'",
      ];
      suffixes.push("%22", "%20", "%20now", "%0D%0A", "]", "*", "_", "%", "%2", "%C2%A0", "\u3002");
      for (const [index, suffix] of suffixes.entries()) {
        const link = await linkFor(server, `person${index}@example.net`) + suffix;
        const page = await fetch(link);
        assert.match(await page.text(), new RegExp(`person${index}@example\\.net`), link);
        const response = await fetch(link, { method: "POST" });
        await response.body?.cancel();
        assert.equal(response.status, 200, link);
      }
      assert.equal((await readSuppressions(server)).length, suffixes.length);
    }),
);

onEveryDatabase(
  "GET and POST /unsubscribe answer 404 for a token with a wrong signature",
  ({ db }) =>
    withServer(db, async (server) => {
      const link = await linkFor(server, "ada@example.net");
      const other = await linkFor(server, "max@example.net");
      const swapped = link.replace(/\.[^.]*$/, "") + other.slice(other.lastIndexOf("."));
      const { origin } = new URL(link);
      const altered = link.replace(/\.(.)([^.]*)$/, (_all, first, rest) =>
        `.${first === "A" ? "B" : "A"}${rest}`);
      const urls = [`${link}x`, `${link}0)`, link.slice(0, -1), `${link.slice(0, -1)})`, swapped];
      urls.push(
        altered,
        link.replace(/\.([^.]*)$/, ").$1"),
        `${origin}/unsubscribe/x`,
        `${origin}/unsubscribe/`,
      );
      for (const url of urls) {
        for (const method of ["GET", "POST"]) {
          const response = await fetch(url, { method });
          await response.body?.cancel();
          assert.equal(response.status, 404, url);
        }
      }
      assert.deepEqual(await readSuppressions(server), []);
    }),
);

onEveryDatabase(
  "POST /webhooks/bounces answers 404 without a secret",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      for (const source of ["dsn", "mailgun", "ses"]) {
        const address = new URL(`/webhooks/bounces/${source}`, url);
        const response = await fetch(address, { method: "POST", body: "{}" });
        await response.body?.cancel();
        assert.equal(response.status, 404);
      }
    }),
);
