import assert from "node:assert/strict";
import { pathToFileURL } from "node:url";
import { onPostgres } from "../support/database.ts";
import { makeDataDir } from "../support/data_dir.ts";
import { withServer } from "../support/server.ts";

const BROWSER = { accept: "text/html,application/xhtml+xml,*/*;q=0.8" };

/** Folder of a dashboard with these files. */
function folderWith(files: Readonly<Record<string, string>>): URL {
  const folder = pathToFileURL(`${makeDataDir()}/`);
  Deno.mkdirSync(new URL("assets/", folder));
  for (const [path, text] of Object.entries(files)) {
    Deno.writeTextFileSync(new URL(path, folder), text);
  }
  return folder;
}

const BUILT = {
  "index.html": `<meta property="csp-nonce" nonce="CSP_NONCE"><script nonce="CSP_NONCE"></script>`,
  "assets/index-1.js": "plain",
  "assets/library.part-1.js": "library",
  "assets/index-1.js.br": "brotli",
  "secret.txt": "not for the world",
};

onPostgres(
  "every address that a browser opens gets the page with a nonce of its own",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const nonces = new Set<string>();
      for (const path of ["/", "/messages/msg_1?tab=failed"]) {
        const response = await fetch(new URL(path, url), { headers: BROWSER });
        assert.equal(response.status, 200);
        const html = await response.text();
        const [, nonce = ""] = /nonce="([^"]+)"/.exec(html) ?? [];
        const policy = response.headers.get("content-security-policy") ?? "";
        assert.ok(policy.includes(`script-src 'self' 'nonce-${nonce}';`), policy);
        assert.ok(!html.includes("CSP_NONCE"));
        assert.doesNotMatch(policy, /unsafe|https?:|\*/);
        nonces.add(nonce);
      }
      assert.equal(nonces.size, 2);
    }, { dashboard: folderWith(BUILT) }),
);

onPostgres(
  "requests that are no navigation get no page",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      for (
        const headers of [{}, { ...BROWSER, "sec-fetch-mode": "cors" }]
      ) {
        const response = await fetch(new URL("/nothing", url), { headers });
        assert.equal(response.status, 404);
        assert.match(response.headers.get("content-type") ?? "", /json/);
        await response.body?.cancel();
      }
    }, { dashboard: folderWith(BUILT) }),
);

onPostgres(
  "files are sent compressed and as immutable; files beside them are not served",
  ({ db }) =>
    withServer(db, async ({ url }) => {
      const get = (path: string, encodings: string) =>
        fetch(new URL(path, url), { headers: { "accept-encoding": encodings } });
      const plain = await get("/assets/index-1.js", "identity");
      assert.equal(await plain.text(), "plain");
      assert.match(plain.headers.get("cache-control") ?? "", /immutable/);
      assert.match(plain.headers.get("content-type") ?? "", /^text\/javascript/);
      assert.equal(await (await get("/assets/library.part-1.js", "identity")).text(), "library");
      const compressed = await get("/assets/index-1.js", "gzip, br;q=1.0");
      assert.equal(compressed.headers.get("content-encoding"), "br");
      await compressed.body?.cancel().catch(() => {});
      for (const path of ["/assets/index-2.js", "/assets/..%2Fsecret.txt", "/secret.txt"]) {
        const response = await get(path, "identity");
        assert.equal(response.status, 404, path);
        await response.body?.cancel();
      }
    }, { dashboard: folderWith(BUILT) }),
);

onPostgres(
  "the page of a missing build reloads itself and shows why a build failed",
  async ({ db }) => {
    const cases: readonly (readonly [Record<string, string>, RegExp])[] = [
      [{}, /is not built/],
      [{ "build.json": `{"state":"BUILDING"}` }, /is being built/],
      [{ "build.json": `{"state":"FAILED","reason":"no <registry>"}` }, /no &lt;registry>/],
      [{ "build.json": "{" }, /is not built/],
    ];
    for (const [files, expected] of cases) {
      await withServer(db, async ({ url }) => {
        const response = await fetch(new URL("/", url), { headers: BROWSER });
        assert.equal(response.status, 503);
        assert.equal(response.headers.get("refresh"), "2");
        assert.match(await response.text(), expected);
      }, { dashboard: folderWith(files) });
    }
  },
);
