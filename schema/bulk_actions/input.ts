import type { BulkTargetInput } from "../../src/domain/bulk_actions/target.ts";
import { fromTypeId, fromTypeIds } from "../../src/domain/id.ts";
import { withPath } from "../../src/domain/path.ts";
import { DeliveryFilter, deliveryFilter } from "../deliveries/queries.ts";
import { JobFilter, jobFilter } from "../jobs/queries.ts";
import { builder } from "../kit/builder.ts";
import { BulkActionKind } from "./bulk_action.ts";

const BulkDeliveriesInput = builder.inputType("BulkDeliveriesInput", {
  description: "Selection of deliveries: either `ids` or `filter`.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of deliveries, 1 to 1,000: dlv_…" }),
    filter: t.field({
      type: DeliveryFilter,
      description:
        "Filter of the deliveries, with at least one field. RETRY selects the matching FAILED, " +
        "BOUNCED, UNKNOWN and SUPPRESSED ones, the other actions the UNKNOWN ones.",
    }),
  }),
});

const BulkJobsInput = builder.inputType("BulkJobsInput", {
  description: "Selection of jobs: either `ids` or `filter`.",
  fields: (t) => ({
    ids: t.idList({ description: "Ids of jobs, 1 to 1,000: job_…" }),
    filter: t.field({
      type: JobFilter,
      description:
        "Filter of the jobs, with at least one field. RETRY selects the matching FAILED jobs, " +
        "CANCEL the unfinished ones.",
    }),
  }),
});

export const BulkActionInput = builder.inputType("BulkActionInput", {
  description: "Action and items of a bulk action: one of `deliveries`, `jobs` and `problemId`.",
  fields: (t) => ({
    action: t.field({
      type: BulkActionKind,
      required: true,
      description:
        "Action on each item. Deliveries: RETRY, RESOLVE_SENT or RESEND; jobs: RETRY or CANCEL.",
    }),
    deliveries: t.field({ type: BulkDeliveriesInput, description: "Deliveries to act on." }),
    jobs: t.field({ type: BulkJobsInput, description: "Jobs to act on." }),
    problemId: t.id({
      description:
        "Problem whose deliveries or jobs are selected: those whose last failure belongs to it. " +
        "ADMIN and OPERATOR only; prb_…",
    }),
    force: t.boolean({
      required: true,
      defaultValue: false,
      description:
        "For RETRY of deliveries only. True: also retries those with a permanent error or without " +
        "attempts left, and SUPPRESSED ones.",
    }),
  }),
});

/**
 * Converts the input of a bulk action to its domain form.
 *
 * @throws {InvalidInputError} for the id of another noun, and for an invalid filter
 * @throws {NotFoundError} naming the values that are not ids
 */
export async function bulkTarget(
  { action, deliveries, jobs, problemId, force }: typeof BulkActionInput.$inferInput,
): Promise<BulkTargetInput> {
  return {
    action,
    force,
    problemId: problemId == null ? null : fromTypeId("problem", problemId, ["problemId"]),
    deliveries: deliveries && await withPath(["deliveries"], () => ({
      ids: deliveries.ids && fromTypeIds("delivery", deliveries.ids, ["ids"]),
      filter: deliveries.filter && deliveryFilter(deliveries.filter),
    })),
    jobs: jobs && await withPath(["jobs"], () => ({
      ids: jobs.ids && fromTypeIds("job", jobs.ids, ["ids"]),
      filter: jobs.filter && jobFilter(jobs.filter),
    })),
  };
}
