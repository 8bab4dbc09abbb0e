import { z } from "zod";
import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { InvalidInputError } from "../errors.ts";
import { newId, toTypeId } from "../id.ts";
import { enqueueJobs, wakeWorkers } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { withPath } from "../path.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import type { BulkAction } from "./bulk_action.ts";
import { type BulkActionRow, COLUMNS, fromRow } from "./find.ts";
import { toastStart } from "./notify.ts";
import { encodeFilter } from "./stored_filter.ts";
import { type BulkTargetInput, checkTarget } from "./target.ts";

/** Input of `startBulkAction`. */
export interface StartBulkActionInput {
  readonly target: BulkTargetInput;
  /** Number of items of each stage, up to 20 stages; one more stage takes the rest. */
  readonly stages: readonly number[];
  /** 0.01 to 10,000; null or absent: no limit. */
  readonly perSecond?: number | null;
  /** 0 to 1; 1 never stops the action. */
  readonly stopAtFailedFraction: number;
}

const inputSchema = z.object({
  stages: z.array(
    z.number().int("is not a whole number").min(1, "is below 1")
      .max(1_000_000, "is above 1,000,000"),
  ).max(20, "must have at most 20 elements"),
  perSecond: z.number().min(0.01, "is below 0.01").max(10_000, "is above 10,000").nullish(),
  stopAtFailedFraction: z.number().min(0, "is below 0").max(1, "is above 1"),
});

const INSERT = statement<
  [
    id: string,
    organizationId: string,
    userId: string | null,
    role: string,
    action: string,
    target: string,
    selection: string,
    byIds: boolean,
    force: boolean,
    stages: number[],
    perSecond: number | null,
    stopAtFailedFraction: number,
    jobId: string,
  ],
  BulkActionRow
>(
  "bulkActions.insert",
  `insert into bulk_actions (id, organization_id, user_id, role, action, target, selection, by_ids,
     force, stages, per_second, stop_at_failed_fraction, job_id)
   values ($1, $2, $3, $4, $5, $6, $7::jsonb, $8, $9, $10, $11, $12, $13)
   returning ${COLUMNS}`,
);

/**
 * Starts an action on many items, with the rights of the caller. Its job stores the items that match now, and
 * then acts on them in stages.
 *
 * @throws {InvalidInputError} for invalid stages and limits, and as `checkTarget` under the path `target`
 * @throws {NotFoundError} as `checkTarget`
 */
export async function startBulkAction(
  services: Services,
  caller: Caller,
  input: StartBulkActionInput,
): Promise<BulkAction> {
  const issues = issuesOf(inputSchema.safeParse(input));
  if (issues.length > 0) throw new InvalidInputError(issues);
  const target = await withPath(["target"], () => checkTarget(services, caller, input.target));
  const { organizationId, userId, role } = caller;
  const [id, jobId] = [newId(), newId()];
  const row = await services.db.transaction(async (tx) => {
    await enqueueJobs(tx, [{
      id: jobId,
      organizationId,
      userId,
      kind: "RUN_BULK_ACTION",
      payload: { actionId: id },
      subject: toTypeId("bulkAction", id),
    }]);
    const [inserted] = await tx.run(
      INSERT,
      id,
      organizationId,
      userId,
      role,
      target.action,
      target.target,
      JSON.stringify(encodeFilter(target.filter)),
      target.byIds,
      target.force,
      [...input.stages],
      input.perSecond ?? null,
      input.stopAtFailedFraction,
      jobId,
    );
    return inserted;
  });
  if (!row) throw new Error("Cannot start the bulk action: it was not stored");
  wakeWorkers(services, [JOB_KINDS.RUN_BULK_ACTION.lane]);
  services.bus.publish("jobs", organizationId, [jobId]);
  services.bus.publish("bulkActions", organizationId, [id]);
  const action = fromRow(row);
  toastStart(services, action);
  return action;
}
