import { getLogger } from "@logtape/logtape";
import { unavailableOf } from "../../domain/unavailable.ts";

/** State of a part; "held": it waits for the mutation `releaseHold`, and serves requests. */
export type PartState = boolean | "held";

/** Why a part is not ready. */
export interface NotReady {
  /** Text for people, without secrets, because /readyz needs no key. */
  readonly reason: string;
}

type CheckResult = PartState | NotReady;

/** Checks whether one part of the process works. */
export type HealthCheck = () => CheckResult | Promise<CheckResult>;

const CHECK_TIMEOUT_MS = 3000;
const log = getLogger(["waybill", "server"]);

/**
 * Creates the handler of /readyz: 200 while every part is ready or held, else 503. The body has the state of each
 * part, and `reasons` of those that are not ready. A hold is ready, because an orchestrator must neither restart
 * the process nor cut off the operator who releases it. A change of a part is logged once.
 *
 * @param checks by name of the part; a part whose check throws or takes over 3 s is not ready
 */
export function createReadiness(
  checks: Readonly<Record<string, HealthCheck>>,
): () => Promise<Response> {
  const reported = new Map<string, string>();
  const report = (part: string, reason: string | null, error?: unknown) => {
    if (reason === (reported.get(part) ?? null)) return;
    if (reason === null) {
      reported.delete(part);
      return log.info("{part} is ready again", { part });
    }
    reported.set(part, reason);
    log.warn("{part} is not ready: {reason}", { part, reason, error });
  };
  return async () => {
    const results = await Promise.all(
      Object.entries(checks).map(async ([name, check]): Promise<[string, CheckResult]> => {
        const { result, error } = await resultOf(check);
        report(name, reasonOf(result), error);
        return [name, result];
      }),
    );
    const parts = Object.fromEntries(
      results.map(([name, result]) => [name, typeof result === "object" ? false : result]),
    );
    const reasons = Object.fromEntries(
      results.flatMap(([name, result]) => {
        const reason = reasonOf(result);
        return reason === null ? [] : [[name, reason]];
      }),
    );
    const ready = Object.keys(reasons).length === 0;
    return Response.json({ ready, parts, ...!ready && { reasons } }, { status: ready ? 200 : 503 });
  };
}

function reasonOf(result: CheckResult): string | null {
  if (typeof result === "object") return result.reason;
  return result === false ? "It does not work" : null;
}

async function resultOf(
  check: HealthCheck,
): Promise<{ readonly result: CheckResult; readonly error?: unknown }> {
  const { promise: timeout, resolve } = Promise.withResolvers<NotReady>();
  const silence = { reason: `It did not answer within ${CHECK_TIMEOUT_MS / 1_000} s` };
  const timer = setTimeout(resolve, CHECK_TIMEOUT_MS, silence);
  try {
    return { result: await Promise.race([check(), timeout]) };
  } catch (error) {
    const reason = unavailableOf(error)?.reason ?? "Its check failed; see the log of the server";
    return { result: { reason }, error };
  } finally {
    clearTimeout(timer);
  }
}
