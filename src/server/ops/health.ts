import { getLogger } from "@logtape/logtape";

/** Checks whether one part of the process works. */
export type HealthCheck = () => boolean | Promise<boolean>;

const CHECK_TIMEOUT_MS = 3000;
const log = getLogger(["waybill", "server"]);

/**
 * Answers /readyz: 200 while every part is ready, else 503. The body has the state of each part.
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
  const ready = Object.values(parts).every((part) => part === true);
  return Response.json({ ready, parts }, { status: ready ? 200 : 503 });
}

async function isReady(name: string, check: HealthCheck): Promise<boolean> {
  const { promise: timeout, resolve } = Promise.withResolvers<boolean>();
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
