import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { findFaults } from "./ledger.ts";

// The invariants are true while no worker is between two writes: all have stopped, or were reaped.
const DELIVERY_CHECKS: Record<string, string> = {
  "each planned recipient is in exactly one batch of the first round": `
    select 'message ' || m.id || ': recipient ' || n || ' is in ' || count(b.id) || ' batches'
    from messages m cross join generate_series(1, m.planned_count) n
      left join batches b on b.message_id = m.id and b.round = 1 and n between b.lo and b.hi
    group by m.id, n having count(b.id) <> 1`,
  "no batch extends past planned_count": `
    select 'message ' || m.id || ': batch ' || b.number || ' goes up to ' || b.hi || ' of ' ||
      m.planned_count
    from batches b join messages m on m.id = b.message_id where b.round = 1 and b.hi > m.planned_count`,
  "size is the number of deliveries of a batch": `
    select 'message ' || message_id || ': batch ' || number || ' says ' || size
    from batches where size <> coalesce(cardinality(picked), hi - lo + 1)`,
  "a pending delivery is in the batch it references, which is unfinished": `
    select 'message ' || m.id || ': recipient ' || d.n || ' waits in batch ' || d.batch_number ||
      ', which ' || case when b.id is null then 'is missing'
        when b.finished_at is not null then 'is finished' else 'does not hold it' end
    from deliveries d join messages m on m.id = d.message_id
      left join batches b on b.message_id = d.message_id and b.number = d.batch_number
    where d.status = 'PENDING' and d.n <= m.planned_count and m.status <> 'CANCELLED'
      and (b.id is null or b.finished_at is not null
        or not coalesce(d.n = any(b.picked), d.n between b.lo and b.hi))`,
  "a window holds deliveries of its own batch": `
    select 'message ' || b.message_id || ': recipient ' || d.n || ' of batch ' || d.batch_number ||
      ' is in flight in batch ' || b.number
    from batches b join deliveries d on d.message_id = b.message_id and d.n = any(b.win)
    where d.batch_number <> b.number`,
  "no counter is reduced below zero": `
    select 'message ' || message_id || ': attempt ' || attempt || ' has fewer ' ||
      error_type || ' failures than were retried or resolved'
    from delivery_stats where outcome in ('FAILED', 'UNKNOWN', 'RETRIED', 'RESOLVED', 'RESENT')
    group by message_id, attempt, error_type, retryable, outcome in ('FAILED', 'RETRIED')
    having sum(case when outcome in ('FAILED', 'UNKNOWN') then n else -n end) < 0`,
  "an UNKNOWN delivery becomes SENT only by a counted RESOLVED or DELIVERED": `
    select 'message ' || message_id || ': ' || count(*) || ' deliveries are SENT after an UNKNOWN try'
    from deliveries d where d.status in ('SENT', 'BOUNCED', 'COMPLAINED') and (
      select outcome from delivery_attempts where delivery_id = d.id order by tries desc limit 1
      ) = 'UNKNOWN'
    group by message_id having count(*) > (select coalesce(sum(n), 0) from delivery_stats s
      where s.message_id = d.message_id and outcome in ('RESOLVED', 'DELIVERED'))`,
  "the counters match the deliveries": `
    select 'message ' || m.id || ': ' || s.outcome || ' is counted ' || counted || ' times, and ' ||
      found || ' deliveries are'
    from messages m, unnest(array['SENT', 'FAILED', 'UNKNOWN', 'BOUNCED', 'COMPLAINED', 'SUPPRESSED'])
        s(outcome),
      lateral (select coalesce(sum(case
          when outcome = s.outcome or outcome = 'DELIVERED' then n else -n end), 0) as counted
        from delivery_stats where message_id = m.id and (outcome = s.outcome
          or outcome = 'RETRIED' and s.outcome = 'FAILED'
          or outcome = 'DELIVERED' and s.outcome = 'SENT'
          or outcome in ('RESOLVED', 'RESENT') and s.outcome = 'UNKNOWN'
          or outcome = 'BOUNCE_RETRIED' and s.outcome in ('SENT', 'BOUNCED')
          or outcome = 'BOUNCE_RAISED' and s.outcome = 'BOUNCED'
          or outcome = 'SUPPRESSION_RETRIED' and s.outcome = 'SUPPRESSED'
          or outcome = 'UNSENT' and s.outcome = 'SENT')) c,
      lateral (select count(*) as found from deliveries d where d.message_id = m.id
        and (d.status = s.outcome or s.outcome = 'SENT' and d.status in ('BOUNCED', 'COMPLAINED'))) f
    where counted <> found`,
  "the counts by minute are the sums of the counters": `
    select 'organization ' || organization_id || ': ' || outcome || ' is counted ' ||
      coalesce(s.n, 0) || ' times by batch, and ' || coalesce(m.n, 0) || ' times by minute'
    from (select organization_id, minute, attempt, outcome, error_type, sum(n) as n
        from delivery_stats group by 1, 2, 3, 4, 5) s
      full join (select organization_id, minute, attempt, outcome, error_type, sum(count) as n
        from delivery_minutes group by 1, 2, 3, 4, 5) m
      using (organization_id, minute, attempt, outcome, error_type)
    where s.n is distinct from m.n and minute > now() - interval '25 hours'`,
  "the status of a delivery is the outcome of its last attempt": `
    select 'delivery ' || d.id || ' is ' || d.status || ' after ' || d.tries || ' tries; on record are '
      || coalesce(a.made, 0) || ', the newest ' || coalesce(a.outcome, 'none')
    from deliveries d left join lateral (
      select count(*) over () as made, tries, outcome from delivery_attempts
      where delivery_id = d.id order by tries desc limit 1) a on true
    where d.tries <> coalesce(a.made, 0) or d.tries <> coalesce(a.tries, 0)
      or d.status in ('SENT', 'BOUNCED', 'COMPLAINED')
        and coalesce(a.outcome, 'none') not in ('SUCCEEDED', 'UNKNOWN') and d.delivered_at is null
      or d.status in ('FAILED', 'UNKNOWN') and a.outcome is distinct from d.status
      or d.status = 'PENDING' and a.outcome = 'SUCCEEDED'`,
  "a suppressed delivery has no error": `
    select 'delivery ' || d.id || ' is ' || d.status || ' with the error '
      || concat_ws(' ', d.error_type, d.error_code, d.error_message)
    from deliveries d where d.status = 'SUPPRESSED' and (d.error_type is not null
      or d.error_code is not null or d.error_message is not null or d.retryable)`,
  "only failed and bounced deliveries have a time of failure": `
    select 'delivery ' || d.id || ' is ' || d.status || ', and failed at ' || d.failed_at
    from deliveries d
    where d.status not in ('FAILED', 'BOUNCED', 'PENDING') and d.failed_at is not null`,
  "no delivery has more attempts than tries": `
    select 'delivery ' || d.id || ' has made ' || d.attempt || ' attempts in ' || d.tries || ' tries'
    from deliveries d where d.attempt > d.tries`,
  "a batch with deliveries in flight has an unfinished job": `
    select 'message ' || b.message_id || ': batch ' || b.number || ' has ' || cardinality(b.win) ||
      ' in flight, and its job is ' || coalesce(j.status, 'gone')
    from batches b left join jobs j on j.id = b.job_id
    where b.win is not null and (b.finished_at is not null or j.id is null
      or j.status in ('COMPLETED', 'FAILED', 'CANCELLED'))`,
  "a job is parked only while its message is paused": `
    select 'job ' || j.id || ' is parked, and message ' || m.id || ' is ' || m.status
    from jobs j join batches b on b.job_id = j.id join messages m on m.id = b.message_id
    where j.status = 'SCHEDULED' and j.run_at = 'infinity' and m.status <> 'PAUSED'`,
  "a message ends with its last batch": `
    select 'message ' || m.id || ' is ' || m.status || ', and no batch is left'
    from messages m where m.status = 'SENDING' and not m.open and m.planned_count = m.recipient_count
      and not exists (select from batches where message_id = m.id and finished_at is null)`,
  "the sums of an ended message match its counters": `
    select 'message ' || m.id || ' is ' || m.status || ' with ' || sent_count || ' sent and ' ||
      suppressed_count || ' suppressed deliveries, and its counters say ' || sent || ' and ' || suppressed
    from messages m, lateral (
      select coalesce(sum(sent + complained), 0) as sent, coalesce(sum(suppressed), 0) as suppressed
      from delivery_counters where message_id = m.id) c
    where m.status in ('SENT', 'PARTIALLY_SENT', 'FAILED') and (sent_count, suppressed_count, m.status) <>
      (sent, suppressed, case when sent + suppressed = m.recipient_count then 'SENT'
        when sent > 0 then 'PARTIALLY_SENT' else 'FAILED' end)`,
  "what has ended has nothing left to do": `
    select 'message ' || m.id || ' is ' || m.status || ', and delivery ' || d.id || ' waits'
    from messages m join deliveries d on d.message_id = m.id
    where m.status in ('SENT', 'PARTIALLY_SENT', 'FAILED') and d.status = 'PENDING'`,
};

interface SinkRow {
  readonly id: string;
  readonly address: string;
  readonly status: string;
  /** Tries that the provider accepted. */
  readonly accepted: number;
  /** Tries with unknown outcome, the one in flight included. */
  readonly unknown: number;
}

const DELIVERIES = statement<[], SinkRow>(
  "ledger.deliveries",
  `select d.id, d.address, d.status,
     (select count(*) from delivery_attempts where delivery_id = d.id and outcome = 'SUCCEEDED') as accepted,
     (select count(*) from delivery_attempts where delivery_id = d.id and outcome = 'UNKNOWN')
       + (d.status = 'PENDING' and exists (select from batches b
           where b.message_id = d.message_id and d.n = any(b.win)))::int as unknown
   from deliveries d`,
);

/**
 * Finds violated invariants of messages and deliveries; returns one sentence for each.
 *
 * @param received number of mails received for each delivery, by TypeID (header X-Waybill-Delivery)
 */
export async function findDeliveryFaults(
  db: Connection,
  received: ReadonlyMap<string, number>,
): Promise<string[]> {
  const faults = await findFaults(db, DELIVERY_CHECKS);
  const unmatched = new Set(received.keys());
  for (const { id, address, status, accepted, unknown } of await db.run(DELIVERIES)) {
    const delivery = toTypeId("delivery", id);
    unmatched.delete(delivery);
    const arrived = received.get(delivery) ?? 0;
    if (arrived >= accepted && arrived <= accepted + unknown) continue;
    faults.push(
      `each accepted try is one mail: ${address} is ${status} with ${unknown} tries of unknown ` +
        `outcome, and got ${arrived} mails`,
    );
  }
  for (const id of unmatched) faults.push(`each mail belongs to a delivery: ${id} is unknown`);
  return faults;
}

/** Throws with the first 20 violated delivery invariants; see `findDeliveryFaults`. */
export async function assertDeliveriesHold(
  db: Connection,
  received: ReadonlyMap<string, number>,
): Promise<void> {
  assert.equal((await findDeliveryFaults(db, received)).slice(0, 20).join("\n"), "");
}
