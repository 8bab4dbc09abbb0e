import {
  formatError,
  formatUntil,
  type PausedRow,
  waitBehind,
  type WaitingFor,
  waitUntilDue,
  waitWhileHeld,
  waitWhilePaused,
} from "../waiting.ts";

/** Facts about a PENDING delivery, read at the time `now`. */
export interface DeliveryWaitFacts extends PausedRow {
  readonly now: Date;
  /** Whether the installation is on hold. */
  readonly held: boolean;
  /** Time of its message's `sendAt` if that lies in the future; null otherwise. */
  readonly sendAt: Date | null;
  /** Time of the next attempt if that lies in the future; null otherwise. */
  readonly notBefore: Date | null;
  /** Number of attempts that count. */
  readonly attempt: number;
  /** Number of times that its recipient was throttled since the last attempt that counted. */
  readonly deferrals: number;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** Name of the last provider that was tried; null: none was. */
  readonly provider: string | null;
  readonly providerId: string | null;
  /** Job that sends its batch or, before it is in a batch, plans its message; null: it has ended. */
  readonly jobId: string | null;
  readonly running: boolean;
  readonly inBatch: boolean;
  /** Number of deliveries that the running job sends or plans first; null: above `MAX_POSITION`. */
  readonly position: number | null;
}

/**
 * Pure: explains why a PENDING delivery waits.
 *
 * @param jobWait explanation of its job; null if that runs or has ended
 * @returns null if nothing is known to hold it up
 */
export function explainDeliveryWait(
  delivery: DeliveryWaitFacts,
  jobWait: WaitingFor | null,
): WaitingFor | null {
  const { now, held, sendAt, notBefore, running, inBatch, position } = delivery;
  const paused = waitWhilePaused(delivery);
  if (paused) return paused;
  if (sendAt) return waitUntilDue(sendAt, now);
  if (held && !running) return waitWhileHeld();
  if (notBefore) return waitForAttempt(delivery, notBefore);
  if (!running) return jobWait;
  return inBatch
    ? waitBehind(
      position,
      ["delivery of its batch", "deliveries of its batch"],
      "It is the next delivery of its batch",
    )
    : waitBehind(
      position,
      ["recipient", "recipients"],
      "It is the next recipient to be put into a batch",
    );
}

function waitForAttempt(delivery: DeliveryWaitFacts, notBefore: Date): WaitingFor {
  const { now, attempt, deferrals, provider, providerId, errorCode, errorMessage } = delivery;
  const time = formatUntil(notBefore, now);
  const cause = formatError(errorCode, errorMessage);
  const at = provider ? ` at provider ${provider}` : "";
  const text = deferrals > 0
    ? `Waits until ${time}, because the recipient was throttled${at}: ${cause}`
    : `Waits until ${time} before attempt ${attempt + 1}, because the last attempt failed${at}: ` +
      cause;
  return { reason: "BACKOFF", text, until: notBefore, position: null, providerId };
}
