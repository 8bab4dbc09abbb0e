import { deepStrictEqual, match, ok, strictEqual } from "node:assert/strict";
import { decode } from "@jsquash/jpeg";
import type { Database } from "../../src/db/database.ts";
import { createOrganization } from "../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";
import { halves, jpeg, png, webp } from "../support/images.ts";
import { type TestServer, withServer } from "../support/server.ts";
import { createApiKey } from "../../src/domain/access/api_keys.ts";

const CREATE = `mutation ($urls: [URL!]) {
  createQuote(input: {
    customer: { name: "Ada", email: "ada@example.com" }, request: "A fence of 20 m"
    imageUrls: $urls
  }) { ... on CreateQuotePayload { quote { id } } ... on Error { reason } }
}`;
const IMAGES = "query ($id: ID!) { quote(id: $id) { images { id url uploaded } } }";

/** Server with a quote, and with calls of its images. */
async function withQuote(
  db: Database,
  test: (calls: ReturnType<typeof callsOf>, server: TestServer) => Promise<void>,
  urls: readonly string[] = [],
): Promise<void> {
  await withServer(db, async (server) => {
    const { body } = await server.post(CREATE, { variables: { urls } });
    await test(callsOf(server, body.data.createQuote.quote.id), server);
  });
}

function callsOf(server: TestServer, quoteId: string) {
  const { url, keys } = server;
  const path = `/quotes/${quoteId}/images`;
  const send = async (file: BodyInit, key: string | null = keys.ADMIN, type = "image/png") => {
    const response = await fetch(new URL(path, url), {
      method: "POST",
      headers: { "content-type": type, ...key !== null && { authorization: `Bearer ${key}` } },
      body: file,
    });
    return { status: response.status, answer: await response.json() };
  };
  return {
    quoteId,
    path,
    send,
    show: (address: string, key: string | null = keys.MEMBER) =>
      fetch(new URL(address, url), {
        headers: { ...key !== null && { authorization: `Bearer ${key}` } },
      }),
    async images() {
      const { body } = await server.post(IMAGES, { variables: { id: quoteId } });
      return body.data.quote.images;
    },
  };
}

onEveryDatabase(
  "an uploaded image is stored small, listed, and shown with a key",
  ({ db }) =>
    withQuote(db, async ({ path, send, show, images }) => {
      for (const encode of [png, jpeg, webp]) {
        // The type is recognized by the content, not by the header.
        const { status, answer } = await send(
          await encode(halves(2_400, 40)),
          undefined,
          "text/css",
        );
        strictEqual(status, 201, JSON.stringify(answer));
        match(answer.url, new RegExp(`^${path}/img_\\w+$`));
        strictEqual(answer.uploaded, true);
        const shown = await show(answer.url);
        strictEqual(shown.headers.get("content-type"), "image/jpeg");
        strictEqual(shown.headers.get("cache-control"), "no-store");
        const { width, height } = await decode(await shown.arrayBuffer());
        deepStrictEqual([width, height], [2_048, 34]);
      }
      const listed = await images();
      deepStrictEqual(
        listed.map(({ url, uploaded }: { url: string; uploaded: boolean }) => [
          url.startsWith("https:") ? url : "path",
          uploaded,
        ]),
        [["https://example.com/a.jpg", false], ["path", true], ["path", true], ["path", true]],
      );
    }, ["https://example.com/a.jpg"]),
);

onPostgres(
  "a file that is no image is refused with its path, and nothing is written",
  ({ db }) =>
    withQuote(db, async ({ send, images }) => {
      const file = await jpeg(halves(300, 150));
      const bomb = await png(halves(1, 1));
      new DataView(bomb).setUint32(16, 60_000);
      new DataView(bomb).setUint32(20, 60_000);
      const faults = [
        [new Blob(["%PDF-1.7 is no image"]), "MALFORMED"],
        [new Blob([]), "MALFORMED"],
        [file.slice(0, file.byteLength >> 1), "MALFORMED"],
        [bomb, "TOO_LARGE"],
      ] as const;
      for (const [body, code] of faults) {
        const { status, answer } = await send(body);
        strictEqual(status, 400);
        const [{ extensions: { code: kind, issues } }] = answer.errors;
        deepStrictEqual([kind, issues[0].path, issues[0].code], ["INVALID_INPUT", ["body"], code]);
      }
      deepStrictEqual(await images(), []);
    }),
);

onPostgres(
  "a file above 5 MB is refused with 413, with and without its length",
  ({ db }) =>
    withQuote(db, async ({ send }) => {
      const file = new Blob([new Uint8Array(5 * 1024 * 1024 + 1)]);
      for (const body of [file, file.stream()]) {
        const { status, answer } = await send(body);
        strictEqual(status, 413);
        strictEqual(answer.errors[0].extensions.code, "REQUEST_ENTITY_TOO_LARGE");
      }
    }),
);

onPostgres(
  "a quote takes eight images, also from twelve uploads at once",
  ({ db }) =>
    withQuote(db, async ({ send, images }) => {
      const file = await png(halves(8, 8));
      const sent = await Promise.all(Array.from({ length: 12 }, () => send(file.slice(0))));
      // Two addresses, so that six uploads fit.
      strictEqual(sent.filter(({ status }) => status === 201).length, 6);
      const refused = sent.filter(({ status }) => status === 400);
      strictEqual(refused.length, 6);
      strictEqual(refused[0]?.answer.errors[0].extensions.issues[0].code, "TOO_MANY");
      strictEqual((await images()).length, 8);
    }, ["https://example.com/a.jpg", "https://example.com/b.jpg"]),
);

onPostgres(
  "images need a key of the quote's organization, and an upload an ADMIN",
  ({ db }) =>
    withQuote(db, async ({ quoteId, path, send, show }, { services, keys, url }) => {
      const file = await png(halves(8, 8));
      const { operator } = await createOrganization(db);
      const foreign = await createApiKey(services, operator, { name: "foreign", role: "ADMIN" });
      strictEqual((await send(file.slice(0), null)).status, 401);
      strictEqual((await send(file.slice(0), keys.MEMBER)).status, 403);
      strictEqual((await send(file.slice(0), foreign.secret)).status, 404);
      const { answer } = await send(file.slice(0));
      ok(answer.url);
      for (
        const [key, status] of [[null, 401], [foreign.secret, 404], [keys.MEMBER, 200]] as const
      ) {
        const response = await show(answer.url, key);
        strictEqual(response.status, status);
        await response.body?.cancel();
      }
      // Neither a malformed id nor that of another noun is an internal error.
      for (const address of [`${path}/img_1`, answer.url.replace(quoteId, "quo_1")]) {
        const response = await show(address);
        strictEqual(response.status, 404);
        await response.body?.cancel();
      }
      const other = await fetch(new URL(`${path}/${quoteId}`, url), {
        headers: { authorization: `Bearer ${keys.ADMIN}` },
      });
      strictEqual(other.status, 400);
      await other.body?.cancel();
    }),
);
