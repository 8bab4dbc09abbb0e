import type { Caller } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { checkJobs, type JobSelection } from "../jobs/selection.ts";
import { checkDeliveries, type DeliverySelection } from "../messages/selection.ts";
import { withPath } from "../path.ts";
import { getProblem } from "../problems/list.ts";
import type { Services } from "../services.ts";
import type { BulkActionKind, BulkTarget, DeliveryTarget, JobTarget } from "./bulk_action.ts";

/** Items to act on: exactly one of `deliveries`, `jobs` and `problemId`. */
export interface BulkTargetInput {
  readonly action: BulkActionKind;
  readonly deliveries?: DeliverySelection | null;
  readonly jobs?: JobSelection | null;
  /** Selects the deliveries or jobs whose last failure belongs to this problem. */
  readonly problemId?: string | null;
  readonly force: boolean;
}

/**
 * Checks the items of a bulk action.
 *
 * @throws {InvalidInputError} for none or several kinds of items, for an action that does not exist for them,
 *   and for both or neither of ids and filter
 * @throws {NotFoundError} naming every item, or the message or problem, that the caller may not see
 */
export async function checkTarget(
  services: Services,
  caller: Caller,
  input: BulkTargetInput,
): Promise<BulkTarget> {
  const { action, force } = input;
  const items = await checkItems(services, caller, input);
  if (force && (items.target === "JOBS" || action !== "RETRY")) {
    throw invalid(["force"], "NOT_APPLICABLE", "applies to RETRY of deliveries only; remove it");
  }
  if (items.target === "DELIVERIES" && action === "CANCEL") {
    const message = "cannot be CANCEL for deliveries; cancel their message with cancelMessage";
    throw invalid(["action"], "NOT_APPLICABLE", message);
  }
  if (items.target === "JOBS" && action !== "RETRY" && action !== "CANCEL") {
    const message = `cannot be ${action} for jobs; use RETRY or CANCEL`;
    throw invalid(["action"], "NOT_APPLICABLE", message);
  }
  return { ...items, action, force };
}

type Items =
  | Pick<DeliveryTarget, "target" | "byIds" | "filter">
  | Pick<JobTarget, "target" | "byIds" | "filter">;

async function checkItems(
  services: Services,
  caller: Caller,
  { deliveries, jobs, problemId }: BulkTargetInput,
): Promise<Items> {
  if (deliveries && jobs) throw invalid(["jobs"], "ONE_OF", "cannot be combined with deliveries");
  if (problemId != null && (deliveries || jobs)) {
    const message = "cannot be combined with deliveries or jobs";
    throw invalid(["problemId"], "ONE_OF", message);
  }
  if (problemId != null) {
    const { id, source } = await getProblem(services, caller, problemId);
    const target = source === "DELIVERY" ? "DELIVERIES" : "JOBS";
    return { target, byIds: false, filter: { problemId: id } };
  }
  if (deliveries) {
    const check = () => checkDeliveries(services, caller, deliveries);
    const { ids, filter } = await withPath(["deliveries"], check);
    return { target: "DELIVERIES", byIds: ids !== null, filter: ids ? { ids } : filter };
  }
  if (!jobs) {
    throw invalid(["deliveries"], "REQUIRED", "are missing; give deliveries, jobs or problemId");
  }
  const { ids, filter } = await withPath(["jobs"], () => checkJobs(services, caller, jobs));
  return { target: "JOBS", byIds: ids !== null, filter: ids ? { ids } : filter };
}
