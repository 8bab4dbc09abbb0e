import { Hono } from "hono";
import type { Services } from "../domain/services.ts";
import { openContentLink } from "../domain/messages/content_link.ts";
import type { Authenticate } from "./authentication.ts";
import { BodyTooLargeError, readBody } from "./body.ts";
import { BodyTimeoutError } from "./body_deadline.ts";
import { errorResponse, failureResponseTo } from "./errors.ts";

// HTML of a message is foreign: it may neither run scripts nor load anything, not even in a tab of its own.
const HEADERS = {
  "content-security-policy":
    "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; frame-ancestors 'self'",
  "cache-control": "no-store",
  "referrer-policy": "no-referrer",
  "x-content-type-options": "nosniff",
  "x-robots-tag": "noindex",
};

const EXPIRED = `<!doctype html><title>Expired</title>
<p>This link has expired, or the content can no longer be rendered. Reopen the recipient.</p>`;

const MAX_PREVIEW_BYTES = 4_000_000;
const TOO_LARGE = `<!doctype html><title>Too large</title>
<p>The content is larger than 4 MB and cannot be shown.</p>`;

/**
 * Creates the routes that show HTML of messages in frames: `GET /content/<delivery>` to the holder of a signed link,
 * and `POST /content/preview`, which sends the field `html` back to a caller whose API key is in the field `key`.
 */
export function createContent(services: Services, authenticate: Authenticate): Hono {
  const app = new Hono();
  app.post("/content/preview", async (context) => {
    // The key is in the body, so the body of a caller without a key is read, too.
    const body = await readBody(context.req.raw, MAX_PREVIEW_BYTES);
    context.req.raw = new Request(context.req.raw, { body });
    const { key, html } = await context.req.parseBody();
    const session = await authenticate(`Bearer ${key}`);
    if (!session || typeof html !== "string") return context.html(EXPIRED, 401, HEADERS);
    return context.html(html, 200, HEADERS);
  });
  app.get("/content/:delivery", async (context) => {
    const { delivery } = context.req.param();
    const token = context.req.query("token") ?? "";
    const html = await openContentLink(services, delivery, token);
    return html === null ? context.html(EXPIRED, 404, HEADERS) : context.html(html, 200, HEADERS);
  });
  app.onError((error, context) => {
    if (error instanceof BodyTooLargeError) return context.html(TOO_LARGE, 413, HEADERS);
    if (error instanceof BodyTimeoutError) return errorResponse(408, error);
    return failureResponseTo(context.req.raw, error);
  });
  return app;
}
