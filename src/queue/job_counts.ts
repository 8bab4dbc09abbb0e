import type { ClaimedJob } from "../domain/jobs/claim.ts";
import { bucketOf, type EndedJobs } from "../domain/jobs/minutes.ts";
import type { SettledOutcome } from "../domain/jobs/settle.ts";

type Counts = { -readonly [Key in keyof EndedJobs]: EndedJobs[Key] };

/** Counts the jobs that end, in memory, because a statement for each would slow down the queue. */
export class JobCounts {
  #counts = new Map<string, Counts>();

  /**
   * Counts a job if the outcome of its attempt ends it.
   *
   * @param ms duration of the attempt, in milliseconds
   */
  add(
    { organizationId, lane, attempt, maxAttempts }: ClaimedJob,
    outcome: SettledOutcome,
    ms: number,
  ): void {
    const end = endOf(outcome, attempt >= maxAttempts);
    if (!end) return;
    const bucket = bucketOf(ms);
    const key = `${organizationId} ${lane} ${bucket}`;
    const counts = this.#counts.get(key) ??
      { organizationId, lane, bucket, completed: 0, failed: 0, cancelled: 0 };
    counts[end]++;
    this.#counts.set(key, counts);
  }

  /** Takes the counts since the last call. */
  take(): EndedJobs[] {
    const counts = [...this.#counts.values()];
    this.#counts.clear();
    return counts;
  }
}

function endOf(
  outcome: SettledOutcome,
  lastAttempt: boolean,
): "completed" | "failed" | "cancelled" | null {
  if (outcome === "done") return "completed";
  if (outcome === "cancel") return "cancelled";
  return outcome === "fail" || (outcome === "retry" && lastAttempt) ? "failed" : null;
}
