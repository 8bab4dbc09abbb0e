import type { Caller } from "../access/access.ts";
import type { DeliveryFilter } from "../deliveries/list.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { MAX_IDS_PER_CALL, toTypeId } from "../id.ts";
import { findJobs } from "../jobs/find.ts";
import { mayAccess } from "../jobs/job.ts";
import type { JobFilter } from "../jobs/filter.ts";
import { checkDeliveries } from "../messages/selection.ts";
import { withPath } from "../path.ts";
import { getProblem } from "../problems/list.ts";
import type { Services } from "../services.ts";
import type { BulkActionKind, BulkTarget, DeliveryTarget, JobTarget } from "./bulk_action.ts";

/** Selection of items: exactly one of these fields. */
export interface ItemSelection<Filter> {
  /** 1 to 1,000 ids. */
  readonly ids?: readonly string[] | null;
  /** A filter with at least one field. */
  readonly filter?: Filter | null;
}

/** Items to act on: exactly one of `deliveries`, `jobs` and `problemId`. */
export interface BulkTargetInput {
  readonly action: BulkActionKind;
  readonly deliveries?: ItemSelection<DeliveryFilter> | null;
  readonly jobs?: ItemSelection<JobFilter> | null;
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
  | Pick<
    JobTarget,
    "target" | "byIds" | "filter"
  >;

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
    const target = source === "JOB" ? "JOBS" : "DELIVERIES";
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
  const checked = await withPath(["jobs"], () => checkJobs(services, caller, jobs));
  return { target: "JOBS", ...checked };
}

async function checkJobs(
  { db }: Services,
  caller: Caller,
  { ids, filter }: ItemSelection<JobFilter>,
): Promise<{ byIds: boolean; filter: JobFilter }> {
  if (ids && filter) throw invalid(["filter"], "ONE_OF", "cannot be combined with ids");
  if (!ids) {
    if (!filter) throw invalid(["ids"], "REQUIRED", "are missing; give ids or a filter");
    if (Object.values(filter).every((value) => value == null)) {
      throw invalid(["filter"], "EMPTY", "has no field; set at least kinds or statuses");
    }
    return { byIds: false, filter };
  }
  const unique = [...new Set(ids)];
  if (unique.length === 0) throw invalid(["ids"], "EMPTY", "are empty; name at least one job");
  if (unique.length > MAX_IDS_PER_CALL) {
    throw invalid(["ids"], "TOO_LONG", `are more than ${MAX_IDS_PER_CALL}; use a filter`);
  }
  const visible = (await findJobs(db, unique)).filter((job) => mayAccess(caller, job));
  const found = new Set(visible.map(({ id }) => id));
  const missing = unique.filter((id) => !found.has(id));
  if (missing.length > 0) throw new NotFoundError(missing.map((id) => toTypeId("job", id)));
  return { byIds: true, filter: { ids: unique } };
}
