import { type Connection, statement } from "../../src/db/database.ts";
import type { Caller } from "../../src/domain/access/access.ts";
import type { Audience, ImportRow } from "../../src/domain/audiences/audience.ts";
import { addRecipients } from "../../src/domain/audiences/add_recipients.ts";
import { beginImport, finishImport } from "../../src/domain/audiences/import.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import type { MessageStatus } from "../../src/domain/message_status.ts";
import type { RecipientInput } from "../../src/domain/recipients.ts";
import type { Services } from "../../src/domain/services.ts";

/** A row of `deliveries`; SENDING and CANCELLED are PENDING in the table. */
export interface DeliveryRow {
  readonly n: number;
  readonly address: string;
  readonly status: string;
  readonly attempt: number;
  readonly tries: number;
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly retryable: boolean;
}

/** A row of `delivery_attempts`. */
export interface TryRow {
  readonly attempt: number;
  readonly outcome: string;
  readonly errorType: string | null;
  readonly errorCode: string | null;
}

/** A row of `batches` with the state of its job. */
export interface BatchRow {
  readonly id: string;
  readonly number: number;
  readonly lo: number;
  readonly hi: number;
  readonly size: number;
  readonly step: number;
  readonly win: number[] | null;
  readonly finished: boolean;
  readonly jobId: string;
  readonly jobStatus: string;
  readonly jobAttempt: number;
  readonly parked: boolean;
}

const DELIVERIES = statement<[messageId: string], DeliveryRow>(
  "test.deliveries",
  `select n, address, status, attempt, tries, error_type as "errorType", error_code as "errorCode",
     retryable
   from deliveries where message_id = $1 order by n`,
);
const TRIES = statement<[messageId: string, n: number], TryRow>(
  "test.tries",
  `select a.attempt, a.outcome, a.error_type as "errorType", a.error_code as "errorCode"
   from delivery_attempts a join deliveries d on d.id = a.delivery_id
   where d.message_id = $1 and d.n = $2 order by a.tries`,
);
const BATCHES = statement<[messageId: string], BatchRow>(
  "test.batches",
  `select b.id, b.number, b.lo, b.hi, b.size, b.step, b.win, b.finished_at is not null as finished,
     b.job_id as "jobId", j.status as "jobStatus", j.attempt as "jobAttempt",
     j.status = 'SCHEDULED' and j.run_at = 'infinity' as parked
   from batches b join jobs j on j.id = b.job_id where b.message_id = $1 order by b.number`,
);
const STATUS = statement<[messageId: string], { status: MessageStatus }>(
  "test.messageStatus",
  "select status from messages where id = $1",
);

/** Input for a message to Ada; `overrides` replaces fields. */
export function messageInput(overrides: Partial<SendMessageInput> = {}): SendMessageInput {
  return {
    title: "News",
    channel: "EMAIL",
    type: "newsletter",
    lane: "BULK",
    priority: 0,
    content: { subject: "News for {{ name }}", text: "Dear {{ name }}," },
    to: { list: [{ address: "ada@example.net", name: "Ada" }] },
    retry: { mode: "MANUAL", maxAttempts: 3 },
    onUnknown: "HOLD",
    unsubscribable: false,
    ...overrides,
  };
}

/** Address of one of `people`; numbers start with 1. */
export function personAt(n: number): string {
  return `person${n}@example.net`;
}

/** Recipients person1@example.net, person2@example.net … */
export function people(count: number): RecipientInput[] {
  return Array.from({ length: count }, (_, index) => ({
    address: personAt(index + 1),
    name: `Person ${index + 1}`,
    variables: { number: index + 1 },
  }));
}

/** Imports an audience of `people`. */
export async function importPeople(
  services: Services,
  caller: Caller,
  count: number,
): Promise<Audience> {
  const { id } = await beginImport(services, caller, { name: "Everybody", bytesTotal: null });
  const rows: ImportRow[] = people(count).map((recipient, line) => ({ line, recipient }));
  for (let from = 0; from < count; from += 5_000) {
    await addRecipients(services, caller, id, rows.slice(from, from + 5_000), 0);
  }
  return await finishImport(services, caller, id);
}

/** The deliveries of a message, by position. */
export function readDeliveries(db: Connection, messageId: string): Promise<DeliveryRow[]> {
  return db.run(DELIVERIES, messageId);
}

/** The tries of the delivery at position `n`, oldest first. */
export function readTries(db: Connection, messageId: string, n: number): Promise<TryRow[]> {
  return db.run(TRIES, messageId, n);
}

/** The batches of a message, by number. */
export function readBatches(db: Connection, messageId: string): Promise<BatchRow[]> {
  return db.run(BATCHES, messageId);
}

/** @throws when there is no such message */
export async function readStatus(db: Connection, messageId: string): Promise<MessageStatus> {
  const [message] = await db.run(STATUS, messageId);
  if (!message) throw new Error(`No message ${messageId}`);
  return message.status;
}

/** Number of occurrences of each value: { SENT: 3, FAILED: 1 }. */
export function tally(values: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const value of values) counts[value] = (counts[value] ?? 0) + 1;
  return counts;
}
