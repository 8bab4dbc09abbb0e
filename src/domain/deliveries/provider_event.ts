import { type Connection, LONG, statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { Services } from "../services.ts";
import { type AddressedFeedback, markDelivered } from "./apply_feedback.ts";
import type { Feedback } from "./feedback.ts";
import { acceptTokens, ReusedTokenError } from "./mailgun_token.ts";
import { growingWaitMs } from "./outcome.ts";

/** Retention of event ids, in milliseconds. No provider repeats an event for that long. */
const KEEP_EVENTS_MS = 30 * 24 * 60 * 60_000;
const PRUNE_LIMIT = 1_000;

/** Event of a provider, with its feedback about deliveries. */
export interface ProviderEvent {
  /** "dsn", "mailgun" or "ses"; "smtp": a late reply. */
  readonly source: string;
  /** Id of the event, the same in each repetition. */
  readonly id: string;
  /** Signed token of Mailgun, whose signature does not cover the event itself; valid for one event. */
  readonly token?: string;
  readonly feedback: readonly Feedback[];
}

/**
 * Outcome of recording an event: `repeated`: recorded before; `ignored`: it contains no feedback, or names
 * no known delivery; `early`: the delivery is still in flight, so the event must be repeated.
 */
export type EventOutcome = "recorded" | "repeated" | "ignored" | "early";

/** Delivery that an event names. */
export interface MentionedDelivery {
  readonly id: string;
  readonly messageId: string;
  readonly channel: MessageChannel;
  readonly address: string;
  /** Number of attempts that count. */
  readonly attempt: number;
  /** Whether its message waits before automatic attempts. */
  readonly backsOff: boolean;
}

const MENTIONED = statement<[deliveryIds: string[]], MentionedDelivery>(
  "deliveries.mentioned",
  `select d.id, d.message_id as "messageId", m.channel, d.address, d.attempt,
     m.retry_mode = 'AUTO' and m.retry_backoff = 'GROWING' as "backsOff"
   from deliveries d join messages m on m.id = d.message_id where d.id = any($1)`,
);

// Locks the batches of PENDING deliveries: a step that lists further deliveries as in flight waits, so that
// none of these is sent before this transaction has ended it.
const LOCK_BATCHES = statement<[deliveryIds: string[]], { id: string; inFlight: boolean }>(
  "batches.lockPending",
  `select d.id, coalesce(d.n = any(b.win), false) as "inFlight" from deliveries d
     join batches b on b.message_id = d.message_id and b.number = d.batch_number
   where d.id = any($1) and d.status = 'PENDING' order by b.id for no key update of b`,
);

const INSERT_EVENT = statement<[source: string, id: string], { id: string }>(
  "providerEvents.insert",
  `insert into provider_events (source, event_id) values ($1, $2) on conflict do nothing
   returning event_id as id`,
);

const PRUNE_EVENTS = statement<[keepMs: number, limit: number], { source: string }>(
  "providerEvents.prune",
  `delete from provider_events where ctid = any(array(select ctid from provider_events
     where received_at < now() - $1::float8 * interval '1 millisecond' limit $2))
   returning source`,
  LONG,
);

const UNFINISHED_JOBS = statement<[deliveryIds: string[]], { id: string }>(
  "batches.unfinishedJobs",
  `select distinct b.job_id as id from deliveries d
     join batches b on b.message_id = d.message_id and b.number = d.batch_number
   where d.id = any($1) and b.finished_at is null`,
);

/** Returns the jobs of the unfinished batches of deliveries. */
export async function findBatchJobs(
  db: Connection,
  deliveryIds: readonly string[],
): Promise<string[]> {
  return (await db.run(UNFINISHED_JOBS, [...deliveryIds])).map(({ id }) => id);
}

/** Returns the known deliveries that events name. */
export function findMentioned(
  tx: Connection,
  events: readonly ProviderEvent[],
): Promise<MentionedDelivery[]> {
  const feedback = events.flatMap((event) => event.feedback);
  return tx.run(MENTIONED, feedback.map(({ deliveryId }) => deliveryId));
}

/**
 * Locks the batches of pending deliveries, before any event about them is recorded.
 *
 * @param mentioned deliveries whose messages the transaction has locked
 * @returns the ids of those in flight
 */
export async function lockBatches(
  tx: Connection,
  mentioned: readonly MentionedDelivery[],
): Promise<ReadonlySet<string>> {
  const locked = await tx.run(LOCK_BATCHES, mentioned.map(({ id }) => id));
  return new Set(locked.filter(({ inFlight }) => inFlight).map(({ id }) => id));
}

/**
 * Records an event of a provider once. The caller must pass the feedback to `applyFeedback`.
 *
 * @param mentioned all known deliveries that the event names; the transaction has locked their messages
 *   and batches
 * @param inFlight the result of `lockBatches`
 * @returns "early" if a delivery is still in flight; a reported delivery is noted, and nothing else written
 * @throws {ReusedTokenError} the caller must roll the transaction back
 */
export async function recordFeedback(
  tx: Connection,
  { source, id, token, feedback }: ProviderEvent,
  mentioned: readonly MentionedDelivery[],
  inFlight: ReadonlySet<string>,
): Promise<{ outcome: EventOutcome; feedback: readonly AddressedFeedback[] }> {
  const entries = feedback.flatMap((entry) => {
    const delivery = mentioned.find(({ id }) => id === entry.deliveryId);
    if (!delivery) return [];
    const { normalizeAddress } = CHANNEL_RULES[delivery.channel];
    // A report of delivery often arrives a few seconds after a temporary bounce, and ends the retry.
    const waitMs = delivery.backsOff ? growingWaitMs(delivery.attempt - 1) : null;
    return { ...entry, address: normalizeAddress(delivery.address), waitMs };
  });
  if (entries.some(({ deliveryId }) => inFlight.has(deliveryId))) {
    // Noted at once, so that a crash of the sender or a failed attempt does not send the mail again.
    await markDelivered(tx, entries);
    return { outcome: "early", feedback: [] };
  }
  const inserted = await tx.run(INSERT_EVENT, source, id);
  // The token of a repeated event is recorded, too, because it could otherwise be used for another event or mail.
  const [accepted] = await acceptTokens(tx, [token === undefined ? null : { token, content: id }]);
  if (inserted.length === 0) return { outcome: "repeated", feedback: [] };
  if (!accepted) {
    throw new ReusedTokenError(`Cannot accept event ${id}: its token was used for other content`);
  }
  if (entries.length === 0) return { outcome: "ignored", feedback: [] };
  await markDelivered(tx, entries);
  return { outcome: "recorded", feedback: entries };
}

/** Deletes event ids after their retention, in bounded steps. */
export async function pruneEvents({ db }: Services): Promise<void> {
  while ((await db.run(PRUNE_EVENTS, KEEP_EVENTS_MS, PRUNE_LIMIT)).length === PRUNE_LIMIT);
}
