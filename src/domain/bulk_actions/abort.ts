import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { startWaitingJobs } from "../jobs/reschedule.ts";
import type { Services } from "../services.ts";
import type { BulkAction } from "./bulk_action.ts";
import { type BulkActionRow, COLUMNS, fromRow, getBulkAction } from "./find.ts";

const ABORT = statement<[organizationId: string, id: string], BulkActionRow>(
  "bulkActions.abort",
  `update bulk_actions set state = 'ABORTED', updated_at = now()
   where organization_id = $1 and id = $2 and state = 'RUNNING' returning ${COLUMNS}`,
);

/**
 * Aborts a RUNNING bulk action: it acts on no further item. The items in progress are not undone; their ends
 * are still counted.
 *
 * @throws {NotFoundError}
 * @throws {ConflictError} ALREADY_FINISHED
 */
export async function abortBulkAction(
  services: Services,
  caller: Caller,
  id: string,
): Promise<BulkAction> {
  const { jobId, organizationId } = await getBulkAction(services, caller, id);
  const aborted = await services.db.transaction(async (tx) => {
    const [row] = await tx.run(ABORT, organizationId, id);
    if (row) await startWaitingJobs(tx, [jobId]);
    return row;
  });
  if (!aborted) {
    const { state } = await getBulkAction(services, caller, id);
    throw new ConflictError(
      "ALREADY_FINISHED",
      `Cannot abort bulk action ${toTypeId("bulkAction", id)}: state is ${state}`,
    );
  }
  wakeWorkers(services, [JOB_KINDS.RUN_BULK_ACTION.lane]);
  services.bus.publish("bulkActions", organizationId, [id]);
  return fromRow(aborted);
}
