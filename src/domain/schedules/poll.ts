import { statement } from "../../db/database.ts";
import { NOT_HELD } from "../hold.ts";
import type { Services } from "../services.ts";
import { audienceOf } from "./schedule.ts";

/**
 * SQL: the schedule `schedules` is to be fired, or its next tick was computed by a clock that was set back since.
 */
export const IS_DUE = `enabled and (next_at <= now() or computed_at > now() + interval '1 minute')
  and ${NOT_HELD}`;

interface Poll {
  readonly due: boolean;
  /** Schedules of which a job has ended; null: none. */
  readonly ended: { readonly id: string; readonly organizationId: string }[] | null;
}

const FINISHED = "('COMPLETED', 'FAILED', 'CANCELLED')";

// One statement, because each process runs it each second. The job of a fire can be gone after all processes were
// stopped for longer than jobs are kept.
const POLL = statement<[], Poll>(
  "schedules.poll",
  `with ended as (
     update schedule_fires f set
       outcome = coalesce(e.status, 'FAILED'),
       finished_at = coalesce(e.finished_at, now()),
       processed_count = coalesce(${count("messageCount")}, (e.progress ->> 'processed')::int),
       recipient_count = ${count("recipientCount")},
       batch_count = ${count("batchCount")},
       error = case when e.status is null then jsonb_build_object('type', 'JOB_DELETED', 'code', null,
         'message', 'The job was deleted before its outcome was recorded') else e.error end
     from (
       select u.schedule_id, u.nominal_at, j.status, j.finished_at, j.progress, j.result,
         case when j.status <> 'COMPLETED' then j.error end as error
       from schedule_fires u left join jobs j on j.id = u.job_id
       where u.outcome is null and (j.id is null or j.status in ${FINISHED})
     ) e
     where f.schedule_id = e.schedule_id and f.nominal_at = e.nominal_at and f.outcome is null
     returning f.schedule_id
   ),
   changed as (
     update schedules set updated_at = clock_timestamp()
     where id in (select schedule_id from ended) returning id, organization_id
   )
   select exists (select from schedules where ${IS_DUE}) as due,
     (select jsonb_agg(jsonb_build_object('id', id, 'organizationId', organization_id)) from changed) as ended`,
);

// The result of a job has the form of its kind, which need not have these counts.
function count(field: string): string {
  return `case when jsonb_typeof(e.result -> '${field}') = 'number'
    then (e.result ->> '${field}')::numeric::int end`;
}

/**
 * Stores the outcomes of jobs that have ended with the fires that started them, because fires are kept longer than
 * jobs. The counts are those of the job's result, or else its progress.
 *
 * @returns whether schedules are due
 */
export async function pollSchedules({ db, bus }: Services): Promise<boolean> {
  const [poll] = await db.run(POLL);
  for (const schedule of poll?.ended ?? []) {
    bus.publish("schedules", audienceOf(schedule), [schedule.id]);
  }
  return poll?.due ?? false;
}
