import { sql } from "kysely";
import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { startWaitingJobs } from "../jobs/reschedule.ts";
import { type DeliveryFilter, matchingDeliveries } from "./list.ts";

const MAKE_DUE = statement<[ids: string[]], { id: string }>(
  "deliveries.makeDue",
  `update deliveries set not_before = now(), updated_at = now()
   where id = any($1) and status = 'PENDING'
   returning id`,
  LONG,
);

/** Deliveries of a message that are due now, and the jobs that send them. */
export interface DueDeliveries {
  readonly messageId: string;
  readonly count: number;
  readonly jobIds: readonly string[];
}

/**
 * Makes PENDING deliveries that wait for their next attempt due now. Deliveries of a batch that is being
 * sent at the moment keep their wait, because the running job has read it.
 *
 * @param messageIds messages that the transaction has locked
 */
export async function makeWaitingDue(
  tx: Connection,
  messageIds: readonly string[],
  caller: Caller,
  filter: DeliveryFilter,
): Promise<DueDeliveries[]> {
  const waiting = await tx.select(
    matchingDeliveries(caller, filter)
      .select(["d.id", "d.message_id as messageId", sql<string>`b.job_id`.as("jobId")])
      .where(sql<boolean>`d.message_id = any(${[...messageIds]}::uuid[])`)
      // Time of the statement: a concurrent call may have made them due since the transaction began.
      .where(sql<boolean>`d.status = 'PENDING' and d.not_before > statement_timestamp()`)
      // Every delivery that waits has an error; the partial index on errors finds them.
      .where("d.error_type", "is not", null)
      .where("m.status", "<>", "CANCELLED"),
    LONG,
  );
  if (waiting.length === 0) return [];
  // The jobs are locked first, as recordStep() does, and cannot start before the commit.
  const jobs = await startWaitingJobs(tx, [...new Set(waiting.map(({ jobId }) => jobId))]);
  const started = new Set(jobs.map(({ id }) => id));
  const startable = waiting.filter(({ jobId }) => started.has(jobId));
  const due = new Set((await tx.run(MAKE_DUE, startable.map(({ id }) => id))).map(({ id }) => id));
  const byMessage = Map.groupBy(
    startable.filter(({ id }) => due.has(id)),
    ({ messageId }) => messageId,
  );
  return [...byMessage].map(([messageId, deliveries]) => ({
    messageId,
    count: deliveries.length,
    jobIds: [...new Set(deliveries.map(({ jobId }) => jobId))],
  }));
}
