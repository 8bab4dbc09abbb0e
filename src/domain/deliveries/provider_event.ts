import { type Connection, statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";
import { suppressAddresses } from "../suppressions/suppress.ts";
import { countOutcomes } from "./counters.ts";
import type { DeliveryStatus } from "./delivery.ts";
import type { Feedback } from "./feedback.ts";

/** Retention of event ids, in milliseconds. No provider repeats an event for that long. */
const KEEP_EVENTS_MS = 30 * 24 * 60 * 60_000;
const PRUNE_LIMIT = 1_000;

/** Event of a provider, with its feedback about deliveries. */
export interface ProviderEvent {
  /** "dsn", "mailgun" or "ses". */
  readonly source: string;
  /** Id of the event, the same in each repetition. */
  readonly id: string;
  /** Signed token, if the signature does not cover the event itself; valid for one event. */
  readonly token?: string;
  readonly feedback: readonly Feedback[];
}

/**
 * Outcome of recording an event: `repeated`: recorded before; `ignored`: it contains no feedback, or names
 * no known delivery; `early`: the delivery is still in flight, so the event must be repeated.
 */
export type EventOutcome = "recorded" | "repeated" | "ignored" | "early";

/** The token of an event was used for another one. */
export class ReusedTokenError extends Error {
  override readonly name = "ReusedTokenError";
}

/** Delivery whose status changed. */
export interface ChangedDelivery {
  readonly id: string;
  readonly organizationId: string;
  readonly messageId: string;
  readonly status: DeliveryStatus;
}

/** Delivery that an event names. */
export interface MentionedDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly channel: MessageChannel;
  readonly address: string;
}

const MENTIONED = statement<[deliveryIds: string[]], MentionedDelivery>(
  "deliveries.mentioned",
  `select d.id, d.message_id as "messageId", m.channel, d.address
   from deliveries d join messages m on m.id = d.message_id where d.id = any($1)`,
);

const IN_FLIGHT = statement<[deliveryIds: string[]], { id: string }>(
  "deliveries.inFlight",
  `select d.id from deliveries d
     join batches b on b.message_id = d.message_id and b.number = d.batch_number
   where d.id = any($1) and d.status = 'PENDING' and d.n = any(b.win) limit 1`,
);

const INSERT_EVENT = statement<[source: string, id: string], { id: string }>(
  "providerEvents.insert",
  `insert into provider_events (source, event_id) values ($1, $2) on conflict do nothing
   returning event_id as id`,
);

// UNKNOWN deliveries are resolved, SENT ones become BOUNCED or COMPLAINED, and a retryable bounce becomes
// permanent. Any other status stays as it is, because the event is older or no worse; the address may be
// suppressed in each case.
const RECORD = statement<
  [
    deliveryIds: string[],
    kinds: string[],
    errorTypes: (string | null)[],
    codes: (string | null)[],
    messages: (string | null)[],
    retryables: boolean[],
    suppresses: boolean[],
    addresses: string[],
  ],
  ChangedDelivery
>(
  "deliveries.feedback",
  `with f as (
     select distinct on (id) * from unnest($1::uuid[], $2::text[], $3::text[], $4::text[],
       $5::text[], $6::boolean[], $7::boolean[], $8::text[])
       as f(id, kind, error_type, code, message, retryable, suppress, address)
     order by id, kind = 'COMPLAINED' desc, kind = 'BOUNCED' desc
   ),
   before as (
     select d.id, d.status, d.error_type, d.retryable, d.failed_at, b.id as batch_id
     from f join deliveries d on d.id = f.id
       join batches b on b.message_id = d.message_id and b.number = d.batch_number
     where d.status = 'UNKNOWN' or d.status = 'SENT' and f.kind <> 'DELIVERED'
       or d.status = 'BOUNCED' and d.retryable and f.kind <> 'DELIVERED' and not f.retryable
     order by d.id for no key update of d
   ),
   d as (
     update deliveries d set status = case f.kind when 'DELIVERED' then 'SENT' else f.kind end,
       error_type = f.error_type, error_code = f.code, error_message = f.message,
       retryable = f.retryable, sent_at = coalesce(d.sent_at, d.last_attempt_at),
       failed_at = case f.kind when 'BOUNCED' then now() end, updated_at = now()
     from before, f
     where d.id = before.id and f.id = before.id
     returning d.organization_id, d.message_id, before.batch_id, d.id, d.attempt, d.status,
       d.last_attempt_at, d.error_type, d.retryable, before.status as was,
       before.error_type as was_error_type, before.retryable as was_retryable,
       before.failed_at as was_failed_at
   ),
   s as (
     ${
    countOutcomes(`
       select organization_id, message_id, batch_id, c.at, attempt, c.outcome, c.error_type,
         c.retryable
       from d, lateral (
         -- In the minute of the attempt, because that is when it was sent.
         select last_attempt_at, 'RESOLVED', was_error_type, was_retryable where was = 'UNKNOWN'
         union all select last_attempt_at, 'SENT', null, false where was = 'UNKNOWN'
         -- In the minute of the first bounce, so that a series counts the delivery once.
         union all select was_failed_at, 'BOUNCE_RAISED', was_error_type, was_retryable
         where was = 'BOUNCED'
         union all select now(), status, error_type, d.retryable where status <> 'SENT'
       ) c(at, outcome, error_type, retryable)`)
  }
   ),
   listed as (
     ${
    suppressAddresses(`
       select d.organization_id, m.channel, f.address, f.kind as reason, d.id as delivery_id
       from f join deliveries d on d.id = f.id join messages m on m.id = d.message_id
       where f.suppress`)
  }
   )
   select id, organization_id as "organizationId", message_id as "messageId", status from d`,
);

const PRUNE_EVENTS = statement<[keepMs: number, limit: number], { source: string }>(
  "providerEvents.prune",
  `delete from provider_events where ctid = any(array(select ctid from provider_events
     where received_at < now() - $1::float8 * interval '1 millisecond' limit $2))
   returning source`,
);

/** Returns the known deliveries that an event names. */
export function findMentioned(
  tx: Connection,
  { feedback }: ProviderEvent,
): Promise<MentionedDelivery[]> {
  return tx.run(MENTIONED, feedback.map(({ deliveryId }) => deliveryId));
}

/**
 * Records an event of a provider once: SENT and retryable BOUNCED deliveries become BOUNCED or COMPLAINED,
 * UNKNOWN ones are resolved, and addresses are added to the suppression list.
 *
 * @param mentioned deliveries that the event names; the transaction has locked their messages
 * @returns "early" if a delivery is still in flight; nothing is written then
 * @throws {ReusedTokenError} the caller must roll the transaction back
 */
export async function recordFeedback(
  tx: Connection,
  { source, id, token, feedback }: ProviderEvent,
  mentioned: readonly MentionedDelivery[],
): Promise<{ outcome: EventOutcome; changed: ChangedDelivery[] }> {
  const ids = mentioned.map((delivery) => delivery.id);
  if ((await tx.run(IN_FLIGHT, ids)).length > 0) return { outcome: "early", changed: [] };
  const inserted = await tx.run(INSERT_EVENT, source, id);
  if (inserted.length === 0) return { outcome: "repeated", changed: [] };
  if (token !== undefined && (await tx.run(INSERT_EVENT, `${source}.token`, token)).length === 0) {
    throw new ReusedTokenError(`Cannot accept event ${id}: its token was used for another event`);
  }
  if (mentioned.length === 0) return { outcome: "ignored", changed: [] };
  const addresses = new Map(mentioned.map((delivery) => [
    delivery.id,
    CHANNEL_RULES[delivery.channel].normalizeAddress(delivery.address),
  ]));
  const entries = feedback.flatMap((entry) => {
    const address = addresses.get(entry.deliveryId);
    return address === undefined ? [] : { ...entry, address };
  });
  const changed = await tx.run(
    RECORD,
    entries.map(({ deliveryId }) => deliveryId),
    entries.map(({ kind }) => kind),
    entries.map(({ errorType }) => errorType),
    entries.map(({ code }) => code),
    entries.map(({ message }) => message),
    entries.map(({ retryable }) => retryable),
    entries.map(({ suppress }) => suppress),
    entries.map(({ address }) => address),
  );
  return { outcome: "recorded", changed };
}

/** Deletes event ids after their retention, in bounded steps. */
export async function pruneEvents({ db }: Services): Promise<void> {
  while ((await db.run(PRUNE_EVENTS, KEEP_EVENTS_MS, PRUNE_LIMIT)).length === PRUNE_LIMIT);
}
