import { getLogger } from "@logtape/logtape";

/** State of a part; "held": it waits for the mutation `releaseHold`, and serves requests. */
export type PartState = boolean | "held";

/** Checks whether one part of the process works. */
export type HealthCheck = () => PartState | Promise<PartState>;

const CHECK_TIMEOUT_MS = 3000;
const log = getLogger(["waybill", "server"]);

/**
 * Answers /readyz: 200 while every part is ready or held, else 503. The body has the state of each part. A hold
 * is ready, because an orchestrator must neither restart the process nor cut off the operator who releases it.
 *
 * @param checks by name of the part; a part whose check throws or takes over 3 s is not ready
 */
export async function readiness(
  checks: Readonly<Record<string, HealthCheck>>,
): Promise<Response> {
  const parts = Object.fromEntries(
    await Promise.all(
      Object.entries(checks).map(async ([name, check]) => [name, await isReady(name, check)]),
    ),
  );
  const ready = Object.values(parts).every((part) => part !== false);
  return Response.json({ ready, parts }, { status: ready ? 200 : 503 });
}

async function isReady(name: string, check: HealthCheck): Promise<PartState> {
  const { promise: timeout, resolve } = Promise.withResolvers<false>();
  const timer = setTimeout(resolve, CHECK_TIMEOUT_MS, false);
  try {
    return await Promise.race([check(), timeout]);
  } catch (error) {
    log.warn("{part} is not ready", { part: name, error });
    return false;
  } finally {
    clearTimeout(timer);
  }
}
