import { createHash, timingSafeEqual } from "node:crypto";
import { getLogger } from "@logtape/logtape";
import { GraphQLError } from "graphql";
import { Hono } from "hono";
import { ConflictError, NotFoundError } from "../../domain/errors.ts";
import type { WaitLimit } from "../../domain/jobs/wait.ts";
import type { Services } from "../../domain/services.ts";
import { errorResponse, failureResponseTo, unauthenticated } from "../errors.ts";
import { runNamed } from "./run_named.ts";
import { type StartWorkers, tick } from "./tick.ts";

/** Maximum wait for a job: below the 30 s after which common schedulers and proxies give up. */
export const CRON_TIMEOUT_MS = 25_000;

const METHODS = ["GET", "POST"];
const log = getLogger(["waybill", "server"]);

/**
 * Handles `GET` and `POST /cron/<name>`, which fires a built-in schedule or, by its id, any other, and `/cron/tick`,
 * which fires what is due and waits while the workers empty the queue. Both wait for the jobs: 200 with the result, or
 * 202 if the job continues. A failed job is answered with 500, a paused schedule and an installation on hold with 409.
 *
 * @param secret bearer token; null: the routes answer 404
 * @param limit of the waits; its signal ends them when the server stops
 * @param startWorkers see `tick`
 */
export function createCron(
  services: Services,
  secret: string | null,
  limit: WaitLimit,
  startWorkers: StartWorkers | null,
): Hono {
  const app = new Hono();
  // Also for browsers, which would get the page of the dashboard.
  if (secret === null) return app.all("/cron/*", () => notFound());
  app.use("/cron/*", async ({ req }, next) => {
    if (hasSecret(req.header("authorization"), secret)) return await next();
    log.warn("Rejected a request to {path}: CRON_SECRET does not match", { path: req.path });
    const reason = "Cannot fire the schedule: send CRON_SECRET as Authorization: Bearer …";
    return errorResponse(401, unauthenticated(reason), { "www-authenticate": "Bearer" });
  });
  app.on(METHODS, "/cron/tick", async () => {
    const report = await tick(services, limit, startWorkers);
    return Response.json(report, { status: report.drained ? 200 : 202 });
  });
  app.on(METHODS, "/cron/:name{[a-z0-9_-]+}", async ({ req }) => {
    const { status, report } = await runNamed(services, req.param("name"), limit);
    return Response.json(report, { status });
  });
  app.all("/cron/*", () => notFound());
  app.onError((error, { req }) => {
    if (error instanceof NotFoundError) return notFound();
    if (!(error instanceof ConflictError)) return failureResponseTo(req.raw, error);
    return errorResponse(409, new GraphQLError(error.message));
  });
  return app;
}

// Hashes have the same length, so that the comparison takes the same time for any header.
function hasSecret(header: string | undefined, secret: string): boolean {
  return timingSafeEqual(hash(header ?? ""), hash(`Bearer ${secret}`));
}

function hash(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}

function notFound(): Response {
  return errorResponse(404, new GraphQLError("Cannot find a schedule at this address"));
}
