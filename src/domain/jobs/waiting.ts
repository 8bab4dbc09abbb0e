import {
  formatError,
  formatUntil,
  type PausedRow,
  waitBehind,
  type WaitingFor,
  waitUntilDue,
  waitWhilePaused,
} from "../waiting.ts";
import type { JobError } from "./job.ts";
import type { Lane } from "./lane.ts";

/** Facts about a job that is QUEUED or SCHEDULED, read at the time `now`. */
export interface JobWaitFacts {
  readonly now: Date;
  readonly lane: Lane;
  /** Whether it may be claimed only later. */
  readonly later: boolean;
  /** Time from which it may be claimed; null: parked until its message is resumed. */
  readonly runAt: Date | null;
  /** Number of attempts so far. */
  readonly attempt: number;
  readonly error: JobError | null;
  /** Reason that its handler gave for the wait; null: none. */
  readonly waitReason: "PROVIDER_OPEN" | "NO_PROVIDER" | "RATE_LIMIT" | "BACKOFF" | null;
  readonly providerId: string | null;
  /** Name of the provider. */
  readonly provider: string | null;
  readonly providerErrorType: string | null;
  readonly providerErrorCode: string | null;
  readonly providerErrorMessage: string | null;
  /** Time of the next probe of the provider; null: its circuit is closed. */
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
  if (job.later) return waitingUntil(job, job.runAt);
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
  const { now, error, attempt, providerId, provider } = job;
  const time = formatUntil(runAt, now);
  const until = { until: runAt, providerId };
  switch (job.waitReason) {
    case "PROVIDER_OPEN":
      return waitingForProvider(job, runAt);
    case "NO_PROVIDER":
      return wait("NO_PROVIDER", "No provider of its channel is enabled", { providerId });
    case "RATE_LIMIT": {
      const whose = provider ? `of provider ${provider}` : "of the provider";
      return wait("RATE_LIMIT", `Waits until ${time} for the rate limit ${whose}`, until);
    }
    case "BACKOFF": {
      const text = `Waits until ${time} before the next attempt, because the last one failed`;
      return wait("BACKOFF", text, until);
    }
    case null: {
      if (!error) return waitUntilDue(runAt, now);
      const cause = formatError(error.code, error.message);
      const text = `Waits until ${time} before attempt ${attempt + 1}, because the last attempt ` +
        `failed: ${cause}`;
      return wait("BACKOFF", text, until);
    }
  }
}

function waitingForProvider(job: JobWaitFacts, runAt: Date): WaitingFor {
  const { now, providerId, provider, providerErrorType, providerRetryAt: retryAt } = job;
  const until = retryAt && retryAt > now ? retryAt : runAt;
  const time = formatUntil(until, now);
  if (!provider) {
    const text = `Waits until ${time}, because no provider of its channel can be used now`;
    return wait("PROVIDER_OPEN", text, { until, providerId });
  }
  if (!providerErrorType) {
    const text = `Waits until ${time}, because provider ${provider} could not be used`;
    return wait("PROVIDER_OPEN", text, { until, providerId });
  }
  const failure = providerErrorType === "NETWORK"
    ? "cannot be reached"
    : "does not accept messages";
  const cause = formatError(job.providerErrorCode, job.providerErrorMessage);
  const text = `Waits for provider ${provider}, which ${failure}: ${cause}`;
  return wait("PROVIDER_OPEN", text, { until, providerId });
}

function wait(
  reason: WaitingFor["reason"],
  text: string,
  { until = null, providerId = null }: Partial<WaitingFor> = {},
): WaitingFor {
  return { reason, text, until, position: null, providerId };
}
