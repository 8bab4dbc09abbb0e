import { Hono } from "hono";
import type { Services } from "../domain/services.ts";
import { openContentLink } from "../domain/messages/content_link.ts";
import { failureResponse } from "./errors.ts";

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

/** Creates the route of content links, which shows the HTML of a delivery to the holder of a signed link. */
export function createContent(services: Services): Hono {
  const app = new Hono();
  app.get("/content/:delivery", async (context) => {
    const { delivery } = context.req.param();
    const token = context.req.query("token") ?? "";
    const html = await openContentLink(services, delivery, token);
    return html === null ? context.html(EXPIRED, 404, HEADERS) : context.html(html, 200, HEADERS);
  });
  app.onError((error) => failureResponse(error));
  return app;
}
