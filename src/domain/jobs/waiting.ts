import {
  formatError,
  formatUntil,
  type PausedRow,
  waitBehind,
  type WaitingFor,
  waitUntilDue,
  waitWhileHeld,
  waitWhileLanePaused,
  waitWhilePaused,
} from "../waiting.ts";
import type { JobError } from "./job.ts";
import type { Lane } from "./lane.ts";
import type { WaitReason } from "./outcome.ts";

/** Facts about a job that is QUEUED or SCHEDULED, read at the time `now`. */
export interface JobWaitFacts {
  readonly now: Date;
  readonly lane: Lane;
  /** Whether the installation is on hold. */
  readonly held: boolean;
  /** Time at which an operator paused the lane, and who did; null: not paused. */
  readonly lanePausedAt: Date | null;
  readonly lanePausedBy: string | null;
  /** Whether it may be claimed only later. */
  readonly later: boolean;
  /** Time from which it may be claimed; null: parked until its message is resumed. */
  readonly runAt: Date | null;
  /** Number of attempts so far. */
  readonly attempt: number;
  readonly error: JobError | null;
  /** Reason that its handler gave for the wait; null: none. */
  readonly waitReason: WaitReason | null;
  readonly providerId: string | null;
  /** Name of the provider. */
  readonly provider: string | null;
  /** False: an operator has disabled the provider; null: no provider. */
  readonly providerEnabled: boolean | null;
  /** Error that opened the circuit of the provider; null: its circuit is closed. */
  readonly providerErrorType: string | null;
  readonly providerErrorCode: string | null;
  readonly providerErrorMessage: string | null;
  /** Time of the next probe of the provider; null: its circuit is closed, or a probe runs. */
  readonly providerRetryAt: Date | null;
  /** Number of queued jobs of its partition that are claimed first; null: above `MAX_POSITION`. */
  readonly position: number | null;
}

/** Slots of all living workers in one lane. */
export interface LaneUse {
  readonly slots: number;
  /** Number of slots in use. */
  readonly running: number;
}

/** Pure: explains why a job waits. `pause`: of the message that it works on; null: not paused. */
export function explainJobWait(
  job: JobWaitFacts,
  { slots, running }: LaneUse,
  pause: PausedRow | null,
): WaitingFor {
  const paused = pause && waitWhilePaused(pause);
  if (paused) return paused;
  if (!job.runAt) return wait("PAUSED", "Parked until its message is resumed");
  const later = job.later ? waitingUntil(job, job.runAt) : null;
  if (job.held && later?.reason !== "NOT_DUE") return waitWhileHeld();
  if (later) return later;
  if (job.lanePausedAt) {
    return waitWhileLanePaused(job.lane, job.lanePausedBy ?? "an operator", job.lanePausedAt);
  }
  if (slots === 0) return wait("LANE_PAUSED", `No running worker serves lane ${job.lane}`);
  if (job.position === 0 && running >= slots) {
    const text = slots === 1
      ? `The only slot of lane ${job.lane} is in use`
      : `All ${slots} slots of lane ${job.lane} are in use`;
    return wait("LANE_FULL", text);
  }
  const next = "It is next: a worker starts it within a second";
  return waitBehind(job.position, ["job of the same type", "jobs of the same type"], next);
}

function waitingUntil(job: JobWaitFacts, runAt: Date): WaitingFor {
  const { now, error, attempt, waitReason } = job;
  const time = formatUntil(runAt, now);
  if (waitReason === "PROVIDER_OPEN" || waitReason === "RATE_LIMIT") {
    return waitingForProvider(job, waitReason, runAt);
  }
  if (waitReason === "BACKOFF") {
    const text = `Waits until ${time} before the next attempt, because the last one failed`;
    return wait("BACKOFF", text, { until: runAt });
  }
  if (waitReason === "BUDGET") {
    const text =
      `Waits until ${time}, because the request may exceed the remaining budget for the ` +
      "language model";
    return wait("BUDGET", text, { until: runAt });
  }
  if (waitReason === "BEHIND") {
    return wait("BEHIND", "Waits for the end of an earlier job of the same user");
  }
  if (!error) return waitUntilDue(runAt, now);
  const text = `Waits until ${time} before attempt ${attempt + 1}, because the last attempt ` +
    `failed: ${formatError(error.code, error.message)}`;
  return wait("BACKOFF", text, { until: runAt });
}

function waitingForProvider(
  job: JobWaitFacts,
  reason: "PROVIDER_OPEN" | "RATE_LIMIT",
  runAt: Date,
): WaitingFor {
  const { now, providerId, providerErrorType, providerRetryAt: retryAt } = job;
  const name = job.provider ? `provider ${job.provider}` : "its provider";
  if (job.providerEnabled === false) {
    return wait(reason, `Waits until an operator enables ${name}`, { providerId });
  }
  if (providerErrorType) {
    const cause = formatError(job.providerErrorCode, job.providerErrorMessage);
    const text = `Waits for ${name}, which ${failureOf(providerErrorType)}: ${cause}`;
    return wait(reason, text, { until: retryAt && retryAt > now ? retryAt : runAt, providerId });
  }
  const time = formatUntil(runAt, now);
  const text = reason === "RATE_LIMIT"
    ? `Waits until ${time} for the rate limit of ${name}`
    : `Waits until ${time} to try ${name} again, because the last attempt failed`;
  return wait(reason, text, { until: runAt, providerId });
}

function failureOf(providerErrorType: string): string {
  if (providerErrorType === "NETWORK") return "cannot be reached";
  return providerErrorType === "RATE_LIMIT" ? "throttles" : "refuses requests";
}

function wait(
  reason: WaitingFor["reason"],
  text: string,
  { until = null, providerId = null }: Partial<WaitingFor> = {},
): WaitingFor {
  return { reason, text, until, position: null, providerId };
}
