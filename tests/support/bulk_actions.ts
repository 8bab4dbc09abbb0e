import type { Caller } from "../../src/domain/access/access.ts";
import type { BulkAction } from "../../src/domain/bulk_actions/bulk_action.ts";
import { findBulkActions } from "../../src/domain/bulk_actions/find.ts";
import { startBulkAction, type StartBulkActionInput } from "../../src/domain/bulk_actions/start.ts";
import type { BulkTargetInput } from "../../src/domain/bulk_actions/target.ts";
import type { Services } from "../../src/domain/services.ts";
import { type MailWorker, makeDue } from "./mail_worker.ts";

/** Starts a bulk action; by default in the stages 1, 5, 50 and the rest. */
export function startAction(
  services: Services,
  caller: Caller,
  target: Omit<BulkTargetInput, "force"> & { readonly force?: boolean },
  limits: Partial<Omit<StartBulkActionInput, "target">> = {},
): Promise<BulkAction> {
  return startBulkAction(services, caller, {
    target: { force: false, ...target },
    stages: [1, 5, 50],
    stopAtFailedFraction: 0.5,
    ...limits,
  });
}

/** Reads a bulk action. */
export async function readAction(services: Services, id: string): Promise<BulkAction> {
  const [action] = await findBulkActions(services.db, [id]);
  if (!action) throw new Error(`No bulk action ${id}`);
  return action;
}

/** Runs all jobs until the bulk action satisfies the condition; by default until it has finished. */
export async function runAction(
  { services, worker }: { readonly services: Services; readonly worker: MailWorker },
  id: string,
  reached: (action: BulkAction) => boolean = ({ finishedAt }) => finishedAt !== null,
): Promise<BulkAction> {
  for (let turn = 0; turn < 100; turn++) {
    await worker.runQueued();
    const action = await readAction(services, id);
    if (reached(action)) return action;
    await makeDue(services);
  }
  throw new Error(
    `Bulk action did not come to an end: ${JSON.stringify(await readAction(services, id))}`,
  );
}
