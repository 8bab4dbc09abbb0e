import { randomBytes } from "node:crypto";
import { readIfExists } from "./assets.ts";
import { renderBuildPage } from "./build_page.ts";

const NONCE = "CSP_NONCE";
const RELOAD_SECONDS = 2;

/** Reads the page of the dashboard; until it is built, a page with the progress of the build that reloads itself. */
export async function readPage(folder: URL): Promise<Response> {
  const nonce = randomBytes(16).toString("base64");
  const content = await readIfExists(new URL("index.html", folder));
  if (content !== null) {
    const html = new TextDecoder().decode(content).replaceAll(NONCE, nonce);
    return new Response(html, { headers: headersOf(nonce) });
  }
  const state = await readIfExists(new URL("build.json", folder));
  const html = renderBuildPage(state && new TextDecoder().decode(state), nonce);
  return new Response(html, {
    status: 503,
    headers: { ...headersOf(nonce), refresh: String(RELOAD_SECONDS) },
  });
}

function headersOf(nonce: string): Record<string, string> {
  return {
    "content-type": "text/html; charset=utf-8",
    "cache-control": "no-store",
    "content-security-policy": [
      "default-src 'none'",
      `script-src 'self' 'nonce-${nonce}'`,
      `style-src 'self' 'nonce-${nonce}'`,
      // Images that need a key are read by fetch().
      "img-src 'self' data: blob:",
      "connect-src 'self'",
      "frame-src 'self'",
      "base-uri 'none'",
      "form-action 'self'",
      "frame-ancestors 'none'",
    ].join("; "),
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    "referrer-policy": "no-referrer",
  };
}
