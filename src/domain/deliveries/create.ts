import { type Connection, LONG, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import type { Recipient } from "../recipients.ts";
import { BATCH_SIZE } from "./batches.ts";

/** The message whose deliveries are created. */
interface MessageRef {
  readonly id: string;
  readonly organizationId: string;
}

/** Row of a new delivery to an inline recipient. */
export interface NewDelivery extends Recipient {
  readonly id: string;
  readonly organizationId: string;
  readonly messageId: string;
  /** Position among the recipients of the message, from 1. */
  readonly n: number;
  readonly batchNumber: number;
}

/** SQL: the fields of `NewDelivery`, as columns of json_to_recordset. */
export const NEW_DELIVERY = `id uuid, "organizationId" uuid, "messageId" uuid, n int, address text,
  "batchNumber" int, name text, variables jsonb`;

/** Builds the rows of the deliveries of a message to inline recipients, in their order. */
export function newDeliveries(
  message: MessageRef,
  recipients: readonly Recipient[],
): NewDelivery[] {
  return recipients.map(({ address, name, variables }, index) => ({
    id: newId(),
    organizationId: message.organizationId,
    messageId: message.id,
    n: index + 1,
    batchNumber: Math.ceil((index + 1) / BATCH_SIZE),
    address,
    name,
    variables,
  }));
}

/**
 * Returns SQL that creates deliveries, for statements that write other tables too.
 *
 * @param source item of FROM with the columns of `NEW_DELIVERY`
 */
export function insertDeliveriesFrom(source: string): string {
  return `insert into deliveries (id, organization_id, message_id, n, batch_number, address, name,
     variables)
   select id, "organizationId", "messageId", n, "batchNumber", address, name, variables
   from ${source}`;
}

/**
 * Returns SQL that puts waiting deliveries into batches, for the statement that creates these.
 *
 * @param placed name of a WITH query with the columns id, number (of the batch), name and variables (both null: those
 *   of the delivery stay)
 */
export function assignToBatches(placed: string): string {
  return `update deliveries d set batch_number = p.number, updated_at = now(),
     name = case when p.variables is null then d.name else p.name end,
     variables = coalesce(p.variables, d.variables)
   from ${placed} p
   -- The array makes the planner look up these few rows by their ids.
   where d.id = p.id and d.id = any(array(select id from ${placed}))`;
}

const INSERT = statement<[deliveries: string]>(
  "deliveries.insert",
  insertDeliveriesFrom(`json_to_recordset($1::json) as r(${NEW_DELIVERY})`),
  LONG,
);

/** Creates deliveries. */
export async function insertDeliveries(
  tx: Connection,
  deliveries: readonly NewDelivery[],
): Promise<void> {
  await tx.run(INSERT, JSON.stringify(deliveries));
}

const COPY = statement<[messageId: string, after: number, last: number]>(
  "deliveries.copy",
  `insert into deliveries (organization_id, message_id, n, batch_number, address, name, variables)
   select m.organization_id, m.id, r.n, (r.n + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, r.address, r.name,
     r.variables
   from messages m join audience_recipients r on r.audience_id = m.audience_id
   where m.id = $1 and r.n > $2 and r.n <= $3
   order by r.n`,
  LONG,
);

/**
 * Creates the deliveries of a message to an audience, for some of its recipients.
 *
 * @param after position of the last recipient that has a delivery; 0 for none
 * @param last position of the last recipient to copy
 */
export async function copyRecipients(
  tx: Connection,
  messageId: string,
  after: number,
  last: number,
): Promise<void> {
  await tx.run(COPY, messageId, after, last);
}

/** A new batch; its job is still to be enqueued. */
export interface NewBatch {
  readonly id: string;
  readonly jobId: string;
  /** Positions of its first and last delivery. */
  readonly first: number;
  readonly last: number;
  readonly size: number;
}

const INSERT_BATCHES = statement<
  [
    organizationId: string,
    messageId: string,
    ids: string[],
    jobIds: string[],
    firsts: number[],
    lasts: number[],
  ]
>(
  "batches.insert",
  insertBatchesFrom(
    `(select id, $1::uuid as organization_id, $2::uuid as message_id,
       (hi + ${BATCH_SIZE} - 1) / ${BATCH_SIZE} as number, lo, hi, job_id
     from unnest($3::uuid[], $4::uuid[], $5::int[], $6::int[]) as u(id, job_id, lo, hi)) r`,
  ),
);

/**
 * Returns SQL that creates batches, for statements that write other tables too.
 *
 * @param source item of FROM with the columns id, organization_id, message_id, number, lo, hi (positions of
 *   the first and last delivery) and job_id
 */
export function insertBatchesFrom(source: string): string {
  return `insert into batches (id, organization_id, message_id, number, lo, hi, size, job_id)
   select id, organization_id, message_id, number, lo, hi, hi - lo + 1, job_id
   from ${source}`;
}

/**
 * Cuts a range of a message's deliveries into batches of 100.
 *
 * @param after position of the last delivery that is in a batch: 0, or a multiple of 100
 * @param last position of the last delivery of the range
 */
export async function insertBatches(
  tx: Connection,
  message: MessageRef,
  after: number,
  last: number,
): Promise<NewBatch[]> {
  const batches: NewBatch[] = [];
  for (let first = after + 1; first <= last; first += BATCH_SIZE) {
    const end = Math.min(first + BATCH_SIZE - 1, last);
    batches.push({ id: newId(), jobId: newId(), first, last: end, size: end - first + 1 });
  }
  await tx.run(
    INSERT_BATCHES,
    message.organizationId,
    message.id,
    batches.map(({ id }) => id),
    batches.map(({ jobId }) => jobId),
    batches.map(({ first }) => first),
    batches.map(({ last }) => last),
  );
  return batches;
}
