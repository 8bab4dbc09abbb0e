import { createHash } from "node:crypto";
import { promisify } from "node:util";
import { gzip } from "node:zlib";

const PART_BYTES = 16_384;
const TITLE = "Waybill · GraphiQL";
const DEFAULT_QUERY = `# The caller: put your API key into the Headers tab below.
query Viewer {
  viewer {
    id
    role
    userId
    organization { id name }
  }
}
`;

interface GraphiQLPage {
  readonly compressed: Uint8Array<ArrayBuffer>;
  readonly plain: Uint8Array<ArrayBuffer>;
  readonly headers: Readonly<Record<string, string>>;
}

/** Creates the handler of GraphiQL: one self-contained page of 9 MB, rendered at the first request. */
export function createGraphiQL(): (request: Request) => Promise<Response> {
  let page: Promise<GraphiQLPage> | null = null;
  return async (request) => {
    page ??= renderPage();
    const { compressed, plain, headers } = await page;
    if (request.headers.get("if-none-match") === headers.etag) {
      return new Response(null, { status: 304, headers });
    }
    if (!(request.headers.get("accept-encoding") ?? "").includes("gzip")) {
      return new Response(inParts(plain), { headers });
    }
    return new Response(inParts(compressed), {
      headers: { ...headers, "content-encoding": "gzip" },
    });
  };
}

/** Streams a page in parts, because Deno would copy a whole one for each client that does not read it. */
function inParts(page: Uint8Array<ArrayBuffer>): ReadableStream<Uint8Array<ArrayBuffer>> {
  let at = 0;
  return new ReadableStream({
    pull(controller) {
      controller.enqueue(page.slice(at, at + PART_BYTES));
      at += PART_BYTES;
      if (at >= page.length) controller.close();
    },
  }, { highWaterMark: 0 });
}

async function renderPage(): Promise<GraphiQLPage> {
  const { renderGraphiQL } = await import("@graphql-yoga/render-graphiql");
  const html = renderGraphiQL({
    title: TITLE,
    endpoint: "/graphql",
    defaultQuery: DEFAULT_QUERY,
    headers: JSON.stringify({ authorization: "Bearer " }, null, 2),
    shouldPersistHeaders: true,
  });
  const plain = new TextEncoder().encode(html);
  return {
    plain,
    compressed: new Uint8Array(await promisify(gzip)(plain)),
    headers: {
      "content-type": "text/html; charset=utf-8",
      "content-security-policy": contentSecurityPolicy(html),
      "cache-control": "no-cache",
      etag: `"${sha256(html)}"`,
      vary: "accept, accept-encoding",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
    },
  };
}

// Allows only the scripts in the page, and only requests to this server.
function contentSecurityPolicy(html: string): string {
  const scripts = [...html.matchAll(/<script>(.*?)<\/script>/gs)].map(([, script]) => script ?? "");
  return [
    "default-src 'none'",
    `script-src ${scripts.map((script) => `'sha256-${sha256(script)}'`).join(" ")}`,
    "style-src 'unsafe-inline'",
    "img-src 'self' data:",
    "font-src data:",
    "worker-src blob:",
    "connect-src 'self'",
    "base-uri 'none'",
    "form-action 'none'",
    "frame-ancestors 'none'",
  ].join("; ");
}

function sha256(text: string): string {
  return createHash("sha256").update(text).digest("base64");
}
