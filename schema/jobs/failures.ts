import type { Caller } from "../../src/domain/access/access.ts";
import { listDeliveries } from "../../src/domain/deliveries/list.ts";
import { toTypeId } from "../../src/domain/id.ts";
import type { Job } from "../../src/domain/jobs/job.ts";
import { listFailures } from "../../src/domain/learning/find.ts";
import { emptyPage, type Page, type PageArgs } from "../../src/domain/page.ts";
import type { Services } from "../../src/domain/services.ts";
import type { ItemFailure } from "./item_failure.ts";

/**
 * Reads a page of the failed items of a job that the caller may see.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function failuresOf(
  services: Services,
  caller: Caller,
  { kind, payload: { batchId, runId } }: Job,
  page: PageArgs,
): Promise<Page<ItemFailure>> {
  if (kind === "SEND_BATCH" && typeof batchId === "string") {
    const filter = { batchId, statuses: ["FAILED", "UNKNOWN"] } as const;
    const failed = await listDeliveries(services, caller, filter, "CREATED_ASC", page);
    return mapPage(failed, ({ id, address, errorType, errorCode, errorMessage }) => ({
      itemId: toTypeId("delivery", id),
      label: address,
      error: { type: errorType ?? "OTHER", code: errorCode, message: errorMessage ?? "" },
    }));
  }
  if (kind === "LEARN_EMAILS" && typeof runId === "string") {
    return await failuresOfRun(services, runId, page);
  }
  return emptyPage();
}

/**
 * Reads a page of the mails that a run could not learn. The caller must be allowed to see the run.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function failuresOfRun(
  services: Services,
  id: string,
  page: PageArgs,
): Promise<Page<ItemFailure>> {
  const failed = await listFailures(services, { id }, page);
  return mapPage(failed, ({ emailId, label, error }) => ({
    itemId: toTypeId("email", emailId),
    label,
    error,
  }));
}

function mapPage<T, U>(page: Page<T>, map: (node: T) => U): Page<U> {
  return {
    ...page,
    edges: page.edges.map(({ node, cursor }) => ({ node: map(node), cursor })),
  };
}
