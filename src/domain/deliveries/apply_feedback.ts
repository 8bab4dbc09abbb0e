import { type Connection, statement } from "../../db/database.ts";
import { suppressAddresses } from "../suppressions/suppress.ts";
import type { SuppressionReason } from "../suppressions/suppression.ts";
import { errorPattern } from "../problems/pattern.ts";
import { countOutcomes } from "./counters.ts";
import type { DeliveryStatus } from "./delivery.ts";
import { appendDeliveryEvents } from "./outbox_events.ts";
import { deliveryFingerprint, reportDeliveries } from "./report.ts";
import type { Feedback, FeedbackKind } from "./feedback.ts";

/** Feedback about a known delivery. */
export interface AddressedFeedback extends Feedback {
  /** Normalized address of the delivery. */
  readonly address: string;
  /** Wait before an automatic attempt after a bounce, in milliseconds; null: none. */
  readonly waitMs: number | null;
}

/** Delivery whose status changed. */
export interface ChangedDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly messageId: string;
  readonly was: DeliveryStatus;
  readonly status: DeliveryStatus;
  readonly retryable: boolean;
}

const MARK_DELIVERED = statement<[deliveryIds: string[]]>(
  "deliveries.markDelivered",
  `update deliveries set delivered_at = now() where id = any($1) and delivered_at is null`,
);

// A recipient can complain, or follow a link, only after the mail has arrived.
const ARRIVED: ReadonlySet<FeedbackKind> = new Set(["DELIVERED", "COMPLAINED", "UNSUBSCRIBED"]);

/** Stores the time of the first report that a delivery arrived. */
export async function markDelivered(
  tx: Connection,
  feedback: readonly Feedback[],
): Promise<void> {
  const arrived = feedback.filter(({ kind }) => ARRIVED.has(kind));
  if (arrived.length > 0) {
    await tx.run(MARK_DELIVERED, arrived.map(({ deliveryId }) => deliveryId));
  }
}

/*
 * | Status before               | delivered | temporary bounce | permanent bounce, COMPLAINED, SUPPRESSED |
 * |-----------------------------|-----------|------------------|------------------------------------------|
 * | SENT                        |           | BOUNCED          | the new status                           |
 * | UNKNOWN                     | SENT      | BOUNCED          | the new status                           |
 * | BOUNCED, retryable          | SENT      |                  | the new status                           |
 * | PENDING or SUPPRESSED after | SENT      |                  | the new status, if delivered             |
 * | an attempt, FAILED          |           |                  |                                          |
 *
 * An empty cell changes nothing, and so does an event about any other status: it is older, or no worse. A
 * temporary bounce of a mail that was delivered before or after it counts as a report of delivery. The
 * address may be suppressed in each case.
 */
const APPLY = statement<
  [
    deliveryIds: string[],
    kinds: string[],
    errorTypes: (string | null)[],
    codes: (string | null)[],
    messages: (string | null)[],
    retryables: boolean[],
    transients: boolean[],
    addresses: string[],
    suppressAs: (SuppressionReason | null)[],
    waitsMs: (number | null)[],
    maxAttempts: (number | null)[],
    patterns: (string | null)[],
  ],
  ChangedDelivery
>(
  "deliveries.feedback",
  `with entries as (
     select * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::boolean[],
       $7::boolean[], $8::text[], $9::text[], $10::float8[],
       $11::int[], $12::text[]) as f(id, kind, error_type, error_code, message, retryable, transient,
       address, suppress_as, wait_ms, max_attempts, pattern)
   ),
   -- The worst of several reports about one delivery.
   f as (
     select distinct on (id) *, null as provider from entries
     order by id, kind = 'COMPLAINED' desc, kind = 'BOUNCED' desc, kind = 'SUPPRESSED' desc, transient
   ),
   before as materialized (
     select d.id, d.status, d.error_type, d.retryable, d.failed_at, b.id as batch_id, m.channel,
       d.delivered_at is not null as delivered,
       case when f.kind in ('COMPLAINED', 'SUPPRESSED') or f.kind = 'BOUNCED'
         and not (f.transient and d.delivered_at is not null) then f.kind end as failure,
       f.retryable and d.attempt < coalesce(f.max_attempts, 'infinity'::float8) as failure_retryable
     from f join deliveries d on d.id = f.id
       join batches b on b.message_id = d.message_id and b.number = d.batch_number
       join messages m on m.id = d.message_id
     where d.status in ('SENT', 'UNKNOWN', 'FAILED')
       or d.status = 'BOUNCED' and d.retryable
       or d.status in ('PENDING', 'SUPPRESSED') and d.attempt > 0
     order by d.id for no key update of d
   ),
   after as (
     select before.*, case
         when status in ('SENT', 'UNKNOWN') and failure is not null then failure
         when status = 'BOUNCED' and failure is not null
           then case when not failure_retryable then failure end
         when status <> 'SENT' and delivered then coalesce(failure, 'SENT') end as becomes
     from before
   ),
   d as (
     update deliveries d set status = after.becomes,
       suppression_reason = case after.becomes when 'SUPPRESSED' then f.suppress_as end,
       error_type = f.error_type, error_code = f.error_code, error_message = f.message,
       fingerprint = ${deliveryFingerprint("f", "after.channel")},
       retryable = f.id is not null and after.failure_retryable,
       sent_at = case when after.becomes <> 'SUPPRESSED'
         then coalesce(d.sent_at, d.last_attempt_at) end,
       failed_at = case after.becomes when 'BOUNCED' then now() end,
       not_before = now() + f.wait_ms * interval '1 millisecond', updated_at = now()
     from after left join f on f.id = after.id and f.kind = after.becomes
     where d.id = after.id and after.becomes is not null
     returning d.organization_id, d.message_id, after.batch_id, d.id, d.attempt, d.status,
       d.last_attempt_at, d.error_type, d.retryable, d.address, d.provider as accepted_by,
       after.status as was,
       after.error_type as was_error_type, after.retryable as was_retryable,
       after.failed_at as was_failed_at, d.error_code, d.error_message, d.fingerprint, after.channel,
       f.provider, f.pattern
   ),
   ${
    countOutcomes(`
       select organization_id, message_id, batch_id, c.at, attempt, c.outcome, c.error_type,
         c.retryable
       from d, lateral (
         -- In the minute of the attempt, because that is when it was sent.
         select last_attempt_at, 'RESOLVED', was_error_type, was_retryable where was = 'UNKNOWN'
         union all select last_attempt_at, 'SENT', null, false where was = 'UNKNOWN'
         -- In the minute of the first bounce, so that a series counts the delivery once, or not at all.
         union all select was_failed_at, 'BOUNCE_RAISED', was_error_type, was_retryable
         where was = 'BOUNCED'
         union all select now(), 'RETRIED', was_error_type, was_retryable where was = 'FAILED'
         union all select now(), 'SUPPRESSION_RETRIED', null, false where was = 'SUPPRESSED'
         union all select now(), 'DELIVERED', null, false
         where was in ('FAILED', 'PENDING', 'SUPPRESSED')
         -- In the minute of the attempt, from which it subtracts the event.
         union all select last_attempt_at, 'UNSENT', null, false where status = 'SUPPRESSED'
         union all select now(), status, error_type, d.retryable where status <> 'SENT'
       ) c(at, outcome, error_type, retryable)`)
  },
   p as (${reportDeliveries("select * from d")}),
   events as (${
    appendDeliveryEvents(`select organization_id, id, message_id, channel, address, status, attempt,
       accepted_by as provider, error_type, error_code, error_message, retryable from d`)
  }),
   ${
    suppressAddresses(`
       select d.organization_id, m.channel, e.address, e.suppress_as as reason, d.id as delivery_id
       from entries e join deliveries d on d.id = e.id join messages m on m.id = d.message_id
       where e.suppress_as is not null`)
  }
   select id, organization_id as "organizationId", message_id as "messageId", was, status, retryable
   from d`,
);

/**
 * Changes deliveries, their counters and the suppression list as reports of a provider require.
 *
 * @param feedback about deliveries that are not in flight; the transaction has locked their messages and
 *   batches, and has marked the delivered ones
 * @returns the deliveries whose status changed
 */
export function applyFeedback(
  tx: Connection,
  feedback: readonly AddressedFeedback[],
): Promise<ChangedDelivery[]> {
  return tx.run(
    APPLY,
    feedback.map(({ deliveryId }) => deliveryId),
    feedback.map(({ kind }) => kind),
    feedback.map(({ errorType }) => errorType),
    feedback.map(({ code }) => code),
    feedback.map(({ message }) => message),
    feedback.map(({ retryable }) => retryable),
    feedback.map(({ transient }) => transient),
    feedback.map(({ address }) => address),
    feedback.map(({ suppressAs }) => suppressAs),
    feedback.map(({ waitMs }) => waitMs),
    feedback.map(({ maxAttempts }) => maxAttempts),
    feedback.map(({ message }) => message && errorPattern(message)),
  );
}
