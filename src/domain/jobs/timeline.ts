import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { formatError, formatUntil } from "../waiting.ts";
import { type JobEvent, readEvents } from "./events.ts";
import { type JobAttempt, readAttempts } from "./find.ts";
import { isFinished, type Job } from "./job.ts";

/** State that a job enters. */
export type JobMomentState =
  | "QUEUED"
  | "STARTED"
  | "PUT_OFF"
  | "RESCUED"
  | "COMPLETED"
  | "FAILED"
  | "CANCELLED";

/** A change of the state of a job, or several equal ones within an hour. */
export interface JobMoment {
  readonly at: Date;
  readonly state: JobMomentState;
  /** Worker that had the job; null: none, or not known. */
  readonly workerId: string | null;
  /** One sentence for people. */
  readonly text: string;
}

/** Reads the changes of the state of a job, oldest first. The caller must be allowed to see the job. */
export async function readTimeline(services: Services, job: Job): Promise<JobMoment[]> {
  const attempts = await readAttempts(services, job);
  return timelineOf(job, attempts, await readEvents(services.db, job.id));
}

/**
 * Derives the changes of the state of a job. Pure.
 *
 * @param attempts oldest first
 * @returns oldest first
 */
export function timelineOf(
  job: Job,
  attempts: readonly JobAttempt[],
  events: readonly JobEvent[],
): JobMoment[] {
  const moments = [
    ...attempts.flatMap((attempt, n) => [
      momentOfStart(attempt),
      momentOfEnd(job, attempt, attempts[n + 1]),
    ]),
    ...events.map(momentOfEvent),
    ...momentOfRun(job),
    ...momentOfCancel(job, attempts),
  ];
  return [momentOfCreation(job), ...moments.sort((a, b) => a.at.getTime() - b.at.getTime())];
}

function momentOfCreation(job: Job) {
  const { createdAt: at, userId, startedFrom, attempt, status, runAt, startedAt } = job;
  const origin = startedFrom ? ` as a copy of ${toTypeId("job", startedFrom)}` : "";
  const text = `Created${userId === null ? "" : ` by ${userId}`}${origin}`;
  const later = status === "SCHEDULED" && attempt === 0 && !startedAt && runAt instanceof Date;
  return {
    at,
    state: "QUEUED",
    workerId: null,
    text: later ? `${text}, to start at ${formatUntil(runAt, at)}` : text,
  } as const;
}

function momentOfStart({ number, startedAt: at, workerId }: JobAttempt): JobMoment {
  return { at, state: "STARTED", workerId, text: `Attempt ${number} started` };
}

function momentOfRun({ status, startedAt: at, workerId, attempt }: Job): JobMoment[] {
  if (status !== "PROCESSING" || !at) return [];
  return [{ at, state: "STARTED", workerId, text: `Attempt ${attempt} started` }];
}

function momentOfEnd(job: Job, attempt: JobAttempt, next: JobAttempt | undefined): JobMoment {
  const { number, finishedAt: at, workerId, outcome, error } = attempt;
  const moment = (state: JobMomentState, text: string) => ({ at, state, workerId, text });
  if (outcome === "SUCCEEDED") return moment("COMPLETED", `Attempt ${number} completed`);
  const endsJob = isFinished(job.status) && at.getTime() === job.finishedAt?.getTime();
  if (outcome === "CANCELLED" || endsJob && job.status === "CANCELLED") {
    return moment("CANCELLED", `Attempt ${number} was cancelled`);
  }
  const failure = formatError(error?.code ?? null, error?.message ?? null);
  const failed = `Attempt ${number} failed: ${failure}`;
  if (endsJob || wasRestarted(job, attempt, next)) return moment("FAILED", failed);
  if (outcome === "CRASHED") {
    return moment("RESCUED", `The worker died during attempt ${number}; the job was queued again`);
  }
  const waits = !next && job.status === "SCHEDULED" && job.runAt instanceof Date;
  return moment(
    "PUT_OFF",
    waits ? `${failed}; put off until ${formatUntil(job.runAt, at)}` : failed,
  );
}

// A restart by a person begins with attempt 1 again; after a crash the number stays the same.
function wasRestarted(job: Job, { number, outcome }: JobAttempt, next?: JobAttempt): boolean {
  if (outcome === "CRASHED") return false;
  const following = next?.number ?? (job.status === "PROCESSING" ? job.attempt : job.attempt + 1);
  return following <= number;
}

// A job that waits is cancelled without an attempt.
function momentOfCancel({ status, finishedAt: at }: Job, attempts: readonly JobAttempt[]) {
  if (status !== "CANCELLED" || !at) return [];
  if (attempts.some(({ finishedAt }) => finishedAt.getTime() === at.getTime())) return [];
  return [{ at, state: "CANCELLED", workerId: null, text: "Cancelled" } as const];
}

function momentOfEvent(event: JobEvent): JobMoment {
  const { kind, detail, at, workerId } = event;
  const moment = (state: JobMomentState, text: string) => ({ at, state, workerId, text });
  switch (kind) {
    case "RELEASED":
      return moment("QUEUED", "Queued again, because its worker stopped");
    case "RETRIED":
      return moment("QUEUED", `Retried by ${detail || "a caller without a user"}`);
    case "PARKED":
      return moment("PUT_OFF", "Parked until its message is resumed");
    case "PUT_OFF":
      return moment("PUT_OFF", `Put off${untilOf(event)}${CAUSES[detail] ?? ""}`);
  }
}

function untilOf({ count, until, lastAt }: JobEvent): string {
  const times = count > 1 ? ` ${count} times within the hour, the last time` : "";
  return until && until > lastAt ? `${times} until ${formatUntil(until, lastAt)}` : times;
}

// By the reason of the wait.
const CAUSES: Readonly<Record<string, string>> = {
  PROVIDER_OPEN: ", because its provider cannot be used",
  RATE_LIMIT: " by the rate limit of its provider",
  BACKOFF: ", because its recipients are due later",
};
