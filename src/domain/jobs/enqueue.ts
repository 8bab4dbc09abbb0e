import { type Connection, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import type { NewJob } from "./job.ts";

const ENQUEUE = statement<
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
  ],
  { id: string }
>(
  "jobs.enqueue",
  `insert into jobs (id, organization_id, user_id, kind, lane, topic, status, priority, run_at,
     max_attempts, unique_key, subject, payload)
   select id, organization_id, user_id, kind, lane, topic,
     case when run_at > now() then 'SCHEDULED' else 'QUEUED' end, priority, coalesce(run_at, now()),
     max_attempts, unique_key, subject, payload::jsonb
   from unnest($1::uuid[], $2::uuid[], $3::text[], $4::text[], $5::text[], $6::text[],
     $7::smallint[], $8::timestamptz[], $9::smallint[], $10::text[], $11::text[], $12::text[])
     as r(id, organization_id, user_id, kind, lane, topic, priority, run_at, max_attempts,
       unique_key, subject, payload)
   on conflict (organization_id, unique_key)
     where unique_key is not null and status in ('QUEUED', 'SCHEDULED', 'PROCESSING')
     do nothing
   returning id`,
);

/**
 * Writes jobs, in the caller's transaction where it is given one. A job whose unique key names an
 * unfinished one is left out. After the commit, call `wakeWorkers`.
 *
 * @param jobs up to some thousands
 * @returns the ids of those that were written
 */
export async function enqueueJobs(tx: Connection, jobs: readonly NewJob[]): Promise<string[]> {
  if (jobs.length === 0) return [];
  const rows = await tx.run(
    ENQUEUE,
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
  );
  return rows.map((row) => row.id);
}

/** Tells the workers of all processes that there is something to claim. Call it after the commit. */
export function wakeWorkers({ bus }: Services): void {
  bus.publish("queue", "*", null);
}
