import { Hono } from "hono";
import { html } from "hono/html";
import type { Services } from "../domain/services.ts";
import { readUnsubscriber, unsubscribe } from "../domain/suppressions/unsubscribe.ts";
import { failureResponse } from "./errors.ts";

// Includes slashes and line ends, because a mail program may add them to the link.
const PATH = "/unsubscribe/:token{[^]+}";
// The page loads and runs nothing, and must not appear in frames and search engines.
const HEADERS = {
  "content-security-policy": "default-src 'none'; style-src 'unsafe-inline'; form-action 'self'; " +
    "frame-ancestors 'none'",
  "referrer-policy": "no-referrer",
  "x-robots-tag": "noindex",
  "cache-control": "no-store",
};

/**
 * Creates the routes of unsubscribe links. `POST /unsubscribe/<token>` unsubscribes, as mail clients do it
 * (RFC 8058). `GET` only shows a button, because mail scanners follow every link. Requests need no API
 * key, because the token is signed.
 */
export function createUnsubscribe(services: Services): Hono {
  const app = new Hono();
  app.get(PATH, async (context) => {
    const unsubscriber = await readUnsubscriber(services, context.req.param("token"));
    if (!unsubscriber) return context.html(UNKNOWN, 404, HEADERS);
    return context.html(page("Unsubscribe", question(unsubscriber.address)), 200, HEADERS);
  });
  app.post(PATH, async (context) => {
    const unsubscriber = await readUnsubscriber(services, context.req.param("token"));
    if (!unsubscriber) return context.html(UNKNOWN, 404, HEADERS);
    await unsubscribe(services, unsubscriber);
    return context.html(page("Unsubscribed", confirmation(unsubscriber.address)), 200, HEADERS);
  });
  app.onError((error, context) => {
    const response = failureResponse(error);
    if (response.status !== 503) return response;
    const retryAfter = response.headers.get("retry-after") ?? "";
    return context.html(LATER, 503, { ...HEADERS, "retry-after": retryAfter });
  });
  return app;
}

type Markup = ReturnType<typeof html>;

// Without an action the form posts to the page's own URL, behind any proxy.
function question(address: string): Markup {
  return html`<p>${address} will receive no more messages of this kind.</p>
<form method="post"><button>Unsubscribe</button></form>`;
}

function confirmation(address: string): Markup {
  return html`<p>${address} will receive no more messages of this kind.</p>`;
}

const UNKNOWN = page("Not found", html`<p>This link is incomplete. Please copy all of it.</p>`);

const LATER = page("Not yet", html`<p>Nothing was changed. Please try again in a minute.</p>`);

function page(title: string, content: Markup): Markup {
  return html`<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>${title}</title>
<style>
body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 32rem; margin: 15vh auto; padding: 0 1rem }
button { font: inherit; padding: .5rem 1.5rem }
</style>
<h1>${title}</h1>
${content}
</html>`;
}
