import { type RawBuilder, sql } from "kysely";
import { type Connection, LONG, queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { findJobs } from "../jobs/find.ts";
import { isFinished, type Job } from "../jobs/job.ts";
import {
  actOnJobs as applyVerb,
  CANCEL_VERB,
  type JobTraits,
  type JobVerb,
  KEY_TAKEN,
  RETRY_VERB,
} from "../jobs/job_verb.ts";
import { matchingJobs } from "../jobs/filter.ts";
import type { JobTarget } from "./bulk_action.ts";
import {
  type Acted,
  type ActedItem,
  GONE,
  type ItemEnd,
  type ItemPage,
  type ReasonCount,
} from "./items.ts";

function verbOf({ action }: JobTarget): JobVerb {
  return action === "CANCEL" ? CANCEL_VERB : RETRY_VERB;
}

function candidates(caller: Caller, target: JobTarget) {
  const query = matchingJobs(caller, target.filter);
  return target.byIds ? query : query.where("status", "in", [...verbOf(target).statuses]);
}

/** Counts the jobs that an action would take or skip, by reason; null: it would take them. */
export async function countJobs(
  db: Connection,
  caller: Caller,
  target: JobTarget,
  limit: number,
): Promise<ReasonCount[]> {
  const jobs = candidates(caller, target)
    .select("status").select(sql.raw<boolean>(KEY_TAKEN).as("keyTaken")).limit(limit);
  const counts: (JobTraits & { count: number })[] = await db.select(
    queryBuilder<Record<never, never>>().selectFrom(jobs.as("j")).select(["status", "keyTaken"])
      .select(({ fn }) => fn.countAll<number>().as("count"))
      .groupBy(["status", "keyTaken"]),
    LONG,
  );
  return counts.map((traits) => [verbOf(target).refusalOf(traits), traits.count]);
}

/** Query of the next page of jobs that an action selects, as `item_id` and `key`, sorted by `key`. */
export function selectJobs(
  caller: Caller,
  target: JobTarget,
  { cutoff, after, limit }: ItemPage,
): RawBuilder<unknown> {
  let query = candidates(caller, target)
    .select("id as item_id").select("id as key");
  if (!target.byIds) {
    // The job of the action was created at its cut-off, and is not selected.
    const isEarlier = target.action === "CANCEL"
      ? sql<boolean>`created_at < ${cutoff}`
      : sql<boolean>`finished_at <= ${cutoff}`;
    query = query.where(isEarlier);
  }
  if (after !== null) query = query.where("id", ">", after);
  return sql`${query.orderBy("id").limit(limit)}`;
}

/** Acts on jobs. */
export async function actOnJobs(
  tx: Connection,
  caller: Caller,
  target: JobTarget,
  ids: readonly string[],
): Promise<Acted> {
  const verb = verbOf(target);
  const { changed, refused } = await applyVerb(tx, caller, ids, verb);
  const acted = new Map<string, ActedItem>(refused.map(({ id, reason }) => [id, { reason }]));
  for (const { id } of changed) acted.set(id, { reason: null });
  return {
    items: ids.map((id) => ({ id, ...acted.get(id) ?? { reason: GONE } })),
    publish: (services) => verb.publish(services, changed),
  };
}

/** Finds out which jobs that were acted on have ended, and how. */
export async function readJobEnds(
  db: Connection,
  { action }: JobTarget,
  items: readonly { readonly id: string }[],
): Promise<ItemEnd[]> {
  const found = await findJobs(db, items.map(({ id }) => id));
  const byId = new Map(found.map((job) => [job.id, job]));
  return items.flatMap(({ id }) => {
    const job = byId.get(id);
    // Only finished jobs are deleted, after their retention.
    const end = job ? endOf(job, action === "CANCEL") : { state: "DONE" } as const;
    return end ? [{ id, ...end }] : [];
  });
}

function endOf({ status }: Job, cancels: boolean): Omit<ItemEnd, "id"> | null {
  if (!isFinished(status)) return null;
  if (cancels) {
    const reason = "It completed before the cancellation took effect";
    return status === "COMPLETED" ? { state: "SKIPPED", reason } : { state: "DONE" };
  }
  if (status === "CANCELLED") return { state: "SKIPPED", reason: "It was cancelled" };
  return { state: status === "COMPLETED" ? "DONE" : "FAILED" };
}
