import { Hono } from "hono";
import { readAsset } from "./assets.ts";
import { readPage } from "./page.ts";

/**
 * Creates the routes of the dashboard: its files, and its page for every address that a browser opens and no
 * other route serves.
 *
 * @param folder the built dashboard, which may appear later or be replaced
 */
export function createDashboard(folder: URL): Hono {
  const app = new Hono();
  app.get(
    "/assets/:name",
    async ({ req }) =>
      await readAsset(folder, req.param("name"), req.header("accept-encoding") ?? "") ??
        new Response("Not Found", { status: 404, headers: { "cache-control": "no-store" } }),
  );
  app.get(
    "*",
    async ({ req }, next) => isNavigation(req.raw) ? await readPage(folder) : await next(),
  );
  return app;
}

/** True if a browser opens the address in a tab or a frame. */
function isNavigation({ headers }: Request): boolean {
  const mode = headers.get("sec-fetch-mode");
  if (mode !== null && mode !== "navigate") return false;
  return (headers.get("accept") ?? "").includes("text/html");
}
