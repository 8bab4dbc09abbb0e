import { type Connection, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import type { NewJob, NewJobFields } from "./job.ts";
import { JOB_KINDS } from "./kinds.ts";
import { type Lane, SLOT_SIZE } from "./lane.ts";

const INSERT = statement<
  [
    ids: string[],
    organizationIds: string[],
    userIds: (string | null)[],
    kinds: string[],
    lanes: string[],
    topics: string[],
    priorities: number[],
    runAts: (Date | null)[],
    maxAttempts: number[],
    uniqueKeys: (string | null)[],
    subjects: (string | null)[],
    payloads: string[],
    sizes: number[],
  ],
  { id: string }
>(
  "jobs.enqueue",
  insertJobsFrom(
    `unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[], $7::smallint[],
       $8::timestamptz[], $9::smallint[], $10::text[], $11::text[], $12::text[],
       $13::smallint[])
     as r(id, organization_id, user_id, kind, lane, topic, priority, run_at, max_attempts, unique_key,
       subject, payload, size)`,
  ),
);

/**
 * Returns SQL that enqueues jobs, for statements that write other tables too. A job is skipped if its unique
 * key belongs to an unfinished job.
 *
 * @param source item of FROM with the columns id, organization_id, user_id, kind, lane, topic, priority,
 *   run_at (null: now), max_attempts, unique_key, subject, payload and size
 */
export function insertJobsFrom(source: string): string {
  return `insert into jobs (id, organization_id, user_id, kind, lane, topic, status, priority, run_at,
     max_attempts, unique_key, subject, payload, size)
   select id, organization_id, user_id, kind, lane, topic,
     case when run_at > now() then 'SCHEDULED' else 'QUEUED' end, priority, coalesce(run_at, now()),
     max_attempts, unique_key, subject, payload::jsonb, size
   from ${source}
   on conflict (organization_id, unique_key)
     where unique_key is not null and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
     do nothing
   returning id`;
}

/** A new job of any kind, complete. */
export interface JobRow extends NewJobFields {
  readonly kind: string;
  readonly lane: Lane;
  readonly maxAttempts: number;
  readonly payload: Record<string, unknown>;
}

/**
 * Enqueues jobs, inside the caller's transaction if `tx` is one. A job is skipped if its unique key
 * belongs to an unfinished job. Call `wakeWorkers` after the commit.
 *
 * @param jobs up to some thousands
 * @returns ids of the jobs that were written
 */
export function enqueueJobs(tx: Connection, jobs: readonly NewJob[]): Promise<string[]> {
  return insertJobs(
    tx,
    jobs.map((job) => ({
      ...job,
      lane: job.lane ?? JOB_KINDS[job.kind].lane,
      maxAttempts: job.maxAttempts ?? JOB_KINDS[job.kind].maxAttempts,
    })),
  );
}

/**
 * Enqueues jobs whose kinds are known only at run time; otherwise like `enqueueJobs`. The compiler does
 * not check their payloads. The queue does so before each attempt.
 */
export async function insertJobs(tx: Connection, jobs: readonly JobRow[]): Promise<string[]> {
  if (jobs.length === 0) return [];
  const rows = await tx.run(
    INSERT,
    jobs.map((job) => job.id ?? newId()),
    jobs.map((job) => job.organizationId),
    jobs.map((job) => job.userId),
    jobs.map((job) => job.kind),
    jobs.map((job) => job.lane),
    jobs.map((job) => job.topic ?? job.kind),
    jobs.map((job) => job.priority ?? 0),
    jobs.map((job) => job.runAt ?? null),
    jobs.map((job) => job.maxAttempts),
    jobs.map((job) => job.uniqueKey ?? null),
    jobs.map((job) => job.subject ?? null),
    jobs.map((job) => JSON.stringify(job.payload)),
    jobs.map((job) => job.size ?? SLOT_SIZE),
  );
  return rows.map((row) => row.id);
}

/**
 * Wakes the workers of all processes that work on one of these lanes. Call it after the commit.
 *
 * @param lanes lanes of the jobs that can be claimed now; none: no worker is woken
 */
export function wakeWorkers({ bus }: Services, lanes: readonly Lane[]): void {
  bus.publish("queue", "*", [...new Set(lanes)]);
}
