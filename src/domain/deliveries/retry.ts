import { sql } from "kysely";
import { type Connection, LONG, queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { BATCH_SIZE } from "./batches.ts";
import { countOutcomes } from "./counters.ts";
import type { DeliveryStatus } from "./delivery.ts";
import { appendDeliveryEvents } from "./outbox_events.ts";
import { type DeliveryFilter, matchingDeliveries, RETRYABLE, statusIn } from "./list.ts";

/** Condition in SQL, besides RETRYABLE: the system may retry delivery `d` without a person. */
export const AUTOMATICALLY_RETRYABLE =
  `(d.error_code is distinct from 'BATCH_CANCELLED' and d.delivered_at is null)`;

/** Choice of the deliveries to retry. */
export interface RetryChoice {
  /** Null for the system, which retries for all organizations. */
  readonly caller: Caller | null;
  readonly filter: DeliveryFilter;
  /** FAILED includes BOUNCED, and with `force` SUPPRESSED. UNKNOWN only if a person has decided to resend. */
  readonly from: "FAILED" | "UNKNOWN";
  /** Includes deliveries that are not retryable. */
  readonly force: boolean;
  /** Whether the system retries: excludes batches that a person has cancelled, and delivered mails. */
  readonly automatic: boolean;
}

/** Choice for retries that the system starts. */
export const AUTOMATIC: RetryChoice = {
  caller: null,
  filter: {},
  from: "FAILED",
  force: false,
  automatic: true,
};

/** A new batch of deliveries that are retried; its job is still to be enqueued. */
export interface RetryBatch {
  readonly id: string;
  readonly messageId: string;
  readonly number: number;
  readonly round: number;
  readonly size: number;
  readonly jobId: string;
  /** Earliest start, as the provider asked; null: now. */
  readonly runAt: Date | null;
}

/**
 * Makes failed deliveries PENDING again and puts them into new batches, whose numbers follow the last
 * batch and those that are still to be planned. Of two concurrent calls, the second one requeues none.
 *
 * @param messageIds messages that the transaction has locked
 * @returns the batches; the caller must enqueue their jobs and increase `retry_rounds` of the messages
 */
export function requeueFailed(
  tx: Connection,
  messageIds: readonly string[],
  choice: RetryChoice,
): Promise<RetryBatch[]> {
  const size = sql.lit(BATCH_SIZE);
  const query = sql<RetryBatch>`/* deliveries.requeueFailed */
    with taken as materialized (
      ${chosenDeliveries(messageIds, choice).where("m.status", "<>", "CANCELLED")}
    ),
    numbered as materialized (
      select m.id, m.organization_id, m.retry_rounds + 2 as round,
        greatest((select max(number) from batches where message_id = m.id),
          (m.recipient_count + ${size} - 1) / ${size}) + 1 as first_number,
        uuid_v7() as first_batch_id
      from messages m where m.id = any(${[...messageIds]}::uuid[])
    ),
    -- Deliveries that wait as their provider asked get batches of their own, so that the others do
    -- not wait for them.
    placed as materialized (
      select t.*, m.organization_id, m.round, m.first_number, m.first_batch_id,
        m.first_number + ((case when t.not_before is null
          then 0 else (count(*) filter (where t.not_before is null) over (partition by t.message_id)
            + ${size} - 1) / ${size} end)
        + (row_number() over (partition by t.message_id, t.not_before is null
          order by t.not_before, t.n) - 1) / ${size})::int as number
      from taken t join numbered m on m.id = t.message_id
    ),
    cut as materialized (
      select organization_id, message_id, number, round, array_agg(n order by n) as picked,
        count(*) as size, min(not_before) as run_at, uuid_v7() as job_id,
        case when number = first_number then first_batch_id else uuid_v7() end as id
      from placed group by 1, 2, 3, 4, first_number, first_batch_id
    ),
    written as (
      insert into batches (id, organization_id, message_id, number, round, picked, size, job_id)
      select id, organization_id, message_id, number, round, picked, size, job_id from cut
    ),
    -- Each stays a HOT update, because no indexed column changes, except for suppressed ones: error_type,
    -- failed_at and retryable keep their values and are ignored while the delivery is PENDING. The report of
    -- an earlier delivery is about a mail that a person now sends again.
    moved as (
      update deliveries d set status = 'PENDING', batch_number = p.number, delivered_at = null,
        suppression_reason = null, not_before = coalesce(p.not_before, now()), updated_at = now()
      from placed p where d.id = p.id
    ),
    -- All count for the first batch of the message, which needs no join: the planner cannot estimate one
    -- by batch number, and would compare each delivery with each batch.
    ${
    sql.raw(countOutcomes(`
        select organization_id, message_id, first_batch_id as batch_id, now() as at, attempt,
          case status when 'UNKNOWN' then 'RESENT' when 'BOUNCED' then 'BOUNCE_RETRIED'
            when 'SUPPRESSED' then 'SUPPRESSION_RETRIED' else 'RETRIED' end as outcome,
          error_type, retryable
        from placed`))
  }
    select id, message_id as "messageId", number, round, size, job_id as "jobId", run_at as "runAt"
    from cut order by 2, 3`;
  return tx.select({ compile: () => query.compile(queryBuilder()) }, LONG);
}

function chosenDeliveries(
  messageIds: readonly string[],
  { caller, filter, from, force, automatic }: RetryChoice,
) {
  let query = matchingDeliveries(caller, filter)
    .select(["d.message_id", "d.id", "d.n", "d.batch_number", "d.attempt", "d.error_type"])
    .select(["d.retryable", "d.status", "d.last_attempt_at"])
    .select(
      // A person's retry starts at once.
      sql<Date | null>`case when ${automatic} and d.not_before > now() then d.not_before end`
        .as("not_before"),
    )
    .where(sql<boolean>`d.message_id = any(${[...messageIds]}::uuid[])`)
    .where(statusIn(statusesOf(from, force)));
  // A concurrent event of its provider may record that an UNKNOWN delivery arrived.
  if (from === "UNKNOWN") query = query.forNoKeyUpdate("d");
  if (!force) query = query.where(sql.raw<boolean>(RETRYABLE));
  if (automatic) query = query.where(sql.raw<boolean>(AUTOMATICALLY_RETRYABLE));
  return query;
}

function statusesOf(from: RetryChoice["from"], force: boolean): DeliveryStatus[] {
  if (from === "UNKNOWN") return ["UNKNOWN"];
  return force ? ["FAILED", "BOUNCED", "SUPPRESSED"] : ["FAILED", "BOUNCED"];
}

/**
 * Changes UNKNOWN deliveries to SENT, because a person has found that they arrived.
 *
 * @param messageIds messages that the transaction has locked
 * @returns the number of deliveries by message
 */
export function confirmSent(
  tx: Connection,
  messageIds: readonly string[],
  caller: Caller,
  filter: DeliveryFilter,
): Promise<{ messageId: string; count: number }[]> {
  const choice = { caller, filter, from: "UNKNOWN", force: true, automatic: false } as const;
  const query = sql<{ messageId: string; count: number }>`/* deliveries.confirmSent */
    with taken as materialized (${chosenDeliveries(messageIds, choice)}),
    confirmed as (
      update deliveries d set status = 'SENT', error_type = null, error_code = null,
        error_message = null, fingerprint = null, sent_at = d.last_attempt_at, failed_at = null, updated_at = now()
      from taken t where d.id = t.id
      returning d.*
    ),
    events as (${
    sql.raw(appendDeliveryEvents(`
        select c.*, m.channel from confirmed c join messages m on m.id = c.message_id`))
  }),
    ${
    sql.raw(countOutcomes(`
        -- Counted in the minute of the attempt, as if its success had been known then.
        select b.organization_id, b.message_id, b.id as batch_id, t.last_attempt_at as at, t.attempt,
          o.outcome, o.error_type, false as retryable
        from taken t join batches b on b.message_id = t.message_id and b.number = t.batch_number,
          lateral (values ('RESOLVED', t.error_type), ('SENT', null)) o(outcome, error_type)`))
  }
    select message_id as "messageId", count(*) from taken group by 1`;
  return tx.select({ compile: () => query.compile(queryBuilder()) }, LONG);
}
