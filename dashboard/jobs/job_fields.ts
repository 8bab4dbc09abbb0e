import { graphql, type ResultOf } from "../api/graphql.ts";

/** Fields of a job that lists show. */
export const JobFields = graphql(`
  fragment JobFields on Job {
    id
    kind
    lane
    status
    attemptCount
    maxAttempts
    runAt
    createdAt
    startedAt
    finishedAt
    durationMs
    progress { total processed succeeded failed skipped fraction etaMs }
    error { type code message }
  }
`);

/** A job as lists show it. */
export type JobRow = ResultOf<typeof JobFields>;

/** State of a job. */
export type JobStatus = JobRow["status"];

/** Kind of a job. */
export type JobKind = JobRow["kind"];

/** Lane of a job. */
export type Lane = JobRow["lane"];

/** Error of a job, an attempt or an item. */
export type JobError = NonNullable<JobRow["error"]>;

/** True until a job has ended. */
export function isUnfinished({ status }: JobRow): boolean {
  return status === "QUEUED" || status === "PROCESSING";
}
