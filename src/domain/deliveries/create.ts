import { type Connection, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import type { Recipient } from "../recipients.ts";
import { BATCH_SIZE } from "./batches.ts";

/** The message whose deliveries are created. */
interface MessageRef {
  readonly id: string;
  readonly organizationId: string;
}

const INSERT = statement<
  [
    organizationId: string,
    messageId: string,
    ids: string[],
    addresses: string[],
    names: (string | null)[],
    variables: string[],
  ]
>(
  "deliveries.insert",
  `insert into deliveries (id, organization_id, message_id, n, batch_number, address, name, variables)
   select id, $1, $2, n, (n + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, address, name, variables::jsonb
   from unnest($3::uuid[], $4::text[], $5::text[], $6::text[])
     with ordinality as r(id, address, name, variables, n)`,
);

/**
 * Creates the deliveries of a message to inline recipients, in their order.
 *
 * @returns the ids of the deliveries
 */
export async function insertDeliveries(
  tx: Connection,
  message: MessageRef,
  recipients: readonly Recipient[],
): Promise<string[]> {
  const ids = recipients.map(() => newId());
  await tx.run(
    INSERT,
    message.organizationId,
    message.id,
    ids,
    recipients.map(({ address }) => address),
    recipients.map(({ name }) => name),
    recipients.map(({ variables }) => JSON.stringify(variables)),
  );
  return ids;
}

const COPY = statement<[messageId: string, after: number, last: number]>(
  "deliveries.copy",
  `insert into deliveries (organization_id, message_id, n, batch_number, address, name, variables)
   select m.organization_id, m.id, r.n, (r.n + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, r.address, r.name,
     r.variables
   from messages m join audience_recipients r on r.audience_id = m.audience_id
   where m.id = $1 and r.n > $2 and r.n <= $3
   order by r.n`,
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
  `insert into batches (id, organization_id, message_id, number, lo, hi, size, job_id)
   select id, $1, $2, (hi + ${BATCH_SIZE} - 1) / ${BATCH_SIZE}, lo, hi, hi - lo + 1, job_id
   from unnest($3::uuid[], $4::uuid[], $5::int[], $6::int[]) as r(id, job_id, lo, hi)`,
);

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
    batches.push({ id: newId(), jobId: newId(), first, last: end });
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
