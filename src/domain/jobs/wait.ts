import { statement } from "../../db/database.ts";
import { watchTopics } from "../../events/watch.ts";
import type { Services } from "../services.ts";
import { findJobs } from "./find.ts";
import { isFinished, type Job } from "./job.ts";

// The indexes of ready and of running jobs answer it.
const IS_BUSY = statement<[], { busy: boolean }>(
  "jobs.isBusy",
  `select exists (select from jobs where status = 'QUEUED')
     or exists (select from jobs where status = 'PROCESSING') as busy`,
);

const CHECK_MS = 1_000;

/** End of a wait, whichever comes first. */
export interface WaitLimit {
  readonly timeoutMs: number;
  /** Ends the wait early. */
  readonly signal: AbortSignal;
}

/**
 * Waits until jobs have ended.
 *
 * @returns the jobs as they are then; a deleted one is absent
 */
export async function waitForJobs(
  services: Services,
  ids: readonly string[],
  limit: WaitLimit,
): Promise<Job[]> {
  const { db } = services;
  let jobs = await findJobs(db, ids);
  await waitUntil(services, limit, async () => {
    jobs = await findJobs(db, ids);
    return jobs.every(({ status }) => isFinished(status));
  });
  return jobs;
}

/**
 * Waits until no job of any organization is ready or running.
 *
 * @returns false if the limit came first
 */
export function waitUntilIdle(services: Services, limit: WaitLimit): Promise<boolean> {
  return waitUntil(services, limit, async () => {
    const [state] = await services.db.run(IS_BUSY);
    return state?.busy === false;
  });
}

/** Checks a condition at once, after each change of jobs and every second, until it holds. */
async function waitUntil(
  { bus }: Services,
  { timeoutMs, signal }: WaitLimit,
  holds: () => Promise<boolean>,
): Promise<boolean> {
  const ended = Promise.withResolvers<boolean>();
  const check = async () => {
    if (await holds()) ended.resolve(true);
  };
  const giveUp = () => ended.resolve(false);
  const watch = watchTopics(bus, ["jobs"], null, { onChange: check, onInterval: check });
  const timer = setTimeout(giveUp, timeoutMs);
  const interval = setInterval(() => watch.attempt(check), CHECK_MS);
  signal.addEventListener("abort", giveUp);
  if (signal.aborted) giveUp();
  watch.attempt(check);
  try {
    return await ended.promise;
  } finally {
    watch.close();
    clearTimeout(timer);
    clearInterval(interval);
    signal.removeEventListener("abort", giveUp);
  }
}
