import type { Connection } from "../../db/database.ts";
import { toTypeId } from "../id.ts";
import { appendEvents } from "../notifications/append.ts";
import { publishToast } from "../notifications/toast.ts";
import type { Services } from "../services.ts";
import { type BulkAction, type BulkActionKind, skippedOf } from "./bulk_action.ts";

const VERBS: Readonly<Record<BulkActionKind, string>> = {
  RETRY: "retry",
  CANCEL: "cancel",
  RESOLVE_SENT: "resolve as sent",
  RESEND: "send again",
};

const OBJECTS = { DELIVERIES: "deliveries", JOBS: "jobs" } as const;

/** Notifies the user of a bulk action that has finished or was stopped. */
export async function notifyOfEnd(tx: Connection, action: BulkAction): Promise<void> {
  if (action.state !== "FINISHED" && action.state !== "STOPPED") return;
  const { organizationId, userId, id, state, target, total, done, failedAgain, error } = action;
  const skipped = skippedOf(action).reduce((sum, { count }) => sum + count, 0);
  const counts = `${done} done, ${failedAgain} failed again, ${skipped} skipped`;
  await appendEvents(tx, [{
    organizationId,
    userId,
    event: target === "DELIVERIES" ? `DELIVERY_ACTION_${state}` : `JOB_ACTION_${state}`,
    subjectId: id,
    name: `${VERBS[action.action]} ${total} ${OBJECTS[target]}`,
    detail: error ? `${error.message}. ${counts}` : counts,
  }]);
}

/** Shows the user of a bulk action that it was started. */
export function toastStart(
  services: Services,
  { id, organizationId, userId, action, target }: BulkAction,
): void {
  publishToast(services, organizationId, {
    userId,
    topic: target === "DELIVERIES" ? "MESSAGES" : "JOBS",
    level: "INFO",
    title: `Bulk action was started: ${VERBS[action]} ${OBJECTS[target]}`,
    subject: toTypeId("bulkAction", id),
  });
}
