import { type BulkAction, skippedOf } from "../domain/bulk_actions/bulk_action.ts";
import { stepBulkAction, takeBulkAction } from "../domain/bulk_actions/step.ts";
import type { Progress } from "../domain/jobs/job.ts";
import type { JobPayload } from "../domain/jobs/kinds.ts";
import { done, type Outcome, snooze } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { JobHandler, JobRun } from "../queue/handler.ts";

// Maximum duration of a run, so that other jobs get the worker slot.
const MAX_RUN_MS = 30_000;

/**
 * Creates the handler of RUN_BULK_ACTION: runs the steps of a bulk action, and snoozes while it waits for items to end
 * or for its rate.
 */
export function runBulkActionHandler(
  services: Services,
): JobHandler<JobPayload<"RUN_BULK_ACTION">> {
  return (run, { actionId }) => runBulkAction(services, run, actionId);
}

async function runBulkAction(
  services: Services,
  { job, signal, report }: JobRun,
  actionId: string,
): Promise<Outcome> {
  const claim = { id: job.id, fence: job.fence, actionId };
  if (!await takeBulkAction(services, claim)) return done;
  const endAt = performance.now() + MAX_RUN_MS;
  while (performance.now() < endAt) {
    signal.throwIfAborted();
    const step = await stepBulkAction(services, claim);
    if (!step) return done;
    report(progressOf(step.action));
    if (step.waitMs > 0) return snooze(step.waitMs);
  }
  return snooze(0);
}

function progressOf(action: BulkAction): Progress {
  const { selecting, total, done: succeeded, failedAgain: failed } = action;
  const skipped = skippedOf(action).reduce((sum, { count }) => sum + count, 0);
  return {
    total: selecting ? null : total,
    processed: succeeded + failed + skipped,
    succeeded,
    failed,
    skipped,
  };
}
