import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { type BulkActionRow, COLUMNS, fromRow } from "./find.ts";
import { notifyOfEnd } from "./notify.ts";

interface Abandoned extends BulkActionRow {
  /** Whether it was RUNNING before. */
  readonly wasRunning: boolean;
}

// A deleted job has ended, too.
const END_ABANDONED = statement<[], Abandoned>(
  "bulkActions.endAbandoned",
  `with ended as (
     update bulk_actions a set updated_at = now(),
       state = case when a.state <> 'RUNNING' then a.state
         when e.status = 'CANCELLED' then 'ABORTED' else 'STOPPED' end,
       error = case when a.state <> 'RUNNING' or e.status = 'CANCELLED' then a.error
         else jsonb_build_object('type', 'JOB_FAILED', 'code', null, 'message',
           coalesce(e.error ->> 'message', 'The job of the bulk action was deleted')) end
     from (
       select b.id, b.state, j.status, j.error from bulk_actions b left join jobs j on j.id = b.job_id
       where b.finished_at is null
         and (j.id is null or j.status in ('COMPLETED', 'FAILED', 'CANCELLED'))
       limit 100 for no key update of b skip locked
     ) e
     where a.id = e.id and a.finished_at is null
     returning a.*, e.state = 'RUNNING' as was_running
   )
   select ${COLUMNS}, was_running as "wasRunning" from ended`,
);

const RELEASE = statement<[actionId: string, limit: number], { n: number }>(
  "bulkActions.releaseAbandoned",
  `delete from bulk_action_items where action_id = $1 and n = any(array(
     select n from bulk_action_items
     where action_id = $1 and state in ('SELECTED', 'ACTED') limit $2))
   returning n`,
  LONG,
);

const FINISH = statement<[actionId: string]>(
  "bulkActions.finishAbandoned",
  `update bulk_actions set finished_at = now(), in_progress = 0, updated_at = now()
   where id = $1 and finished_at is null`,
);

const CHUNK = 5_000;

/**
 * Ends the bulk actions whose job has failed or was cancelled, in all organizations: a RUNNING one becomes
 * STOPPED or ABORTED. Items without an end are removed, so that other actions may select them.
 */
export async function sweepBulkActions({ db, bus }: Services): Promise<void> {
  const abandoned = await db.transaction(async (tx) => {
    const ended = await tx.run(END_ABANDONED);
    for (const { wasRunning, ...row } of ended) {
      if (wasRunning) await notifyOfEnd(tx, fromRow(row));
    }
    return ended;
  });
  for (const { id, organizationId } of abandoned) {
    let released;
    do released = await db.run(RELEASE, id, CHUNK); while (released.length === CHUNK);
    await db.run(FINISH, id);
    bus.publish("bulkActions", organizationId, [id]);
  }
}
