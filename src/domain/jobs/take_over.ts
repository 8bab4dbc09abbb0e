import { type Connection, statement } from "../../db/database.ts";
import { insertEvents } from "./events.ts";

// Without its fence, whatever the previous holder still writes changes nothing.
const RESTART = statement<
  [ids: string[], payloads: string[], userId: string | null],
  { id: string }
>(
  "jobs.takeOver",
  `with previous as materialized (
     select id from jobs where id = any($1) order by id for update
   ),
   restarted as (
     update jobs j set status = 'QUEUED', fence = null,
       attempt = case when finished_at is null then attempt - (fence is not null)::int else 0 end, run_at = now(), finished_at = null,
       crashes = 0, cancel_requested = false, updated_at = now(), error = null, fingerprint = null,
       result = null, progress = null, wait_reason = null, wait_provider_id = null,
       payload = r.payload::jsonb, user_id = $3
     from unnest($1::uuid[], $2::text[]) as r(id, payload), previous p
     where j.id = r.id and p.id = j.id
     returning j.id
   ),
   events as (${
    insertEvents(
      "select id, 'RETRIED', coalesce($3, ''), null::uuid, null::timestamptz from restarted",
    )
  })
   select id from restarted`,
);

/**
 * Starts jobs again, in any state. A running attempt loses its fence and does not count: its signal is aborted, and its
 * results are not recorded. The caller must be allowed to do so, and calls `wakeWorkers` after the commit.
 *
 * @param userId user of the jobs from now on; null: the system
 * @returns ids of the jobs that exist
 * @throws a unique violation if another unfinished job has the unique key of one of them
 */
export async function takeOverJobs(
  tx: Connection,
  jobs: readonly { readonly id: string; readonly payload: Record<string, unknown> }[],
  userId: string | null,
): Promise<string[]> {
  if (jobs.length === 0) return [];
  const rows = await tx.run(
    RESTART,
    jobs.map(({ id }) => id),
    jobs.map(({ payload }) => JSON.stringify(payload)),
    userId,
  );
  return rows.map(({ id }) => id);
}
