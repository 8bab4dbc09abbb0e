import { type Connection, LONG, statement } from "../../db/database.ts";
import type { DeliveryErrorType } from "../../channels/channel.ts";

/** Counts of the deliveries of a message by state, read from its counters. */
export interface DeliveryStats {
  readonly messageId: string;
  readonly total: number;
  readonly pending: number;
  readonly sending: number;
  readonly sent: number;
  readonly failed: number;
  readonly cancelled: number;
  readonly unknown: number;
  readonly bounced: number;
  readonly complained: number;
  readonly suppressed: number;
  /** Number of failed and bounced deliveries that can be retried. */
  readonly retryable: number;
  /** Number of recipients that were dropped because their address was already listed. */
  readonly duplicates: number;
  /** Sent deliveries as a fraction of the ended ones without suppressed ones; null before the first. */
  readonly successFraction: number | null;
  /** Deliveries ended per second in which the message was moving; null unless PLANNING or SENDING. */
  readonly perSecond: number | null;
  /** Estimated time of sending until all deliveries have ended, in milliseconds; null without a rate. */
  readonly etaMs: number | null;
}

interface Counters {
  readonly messageId: string;
  readonly cancelled: boolean;
  readonly active: boolean;
  readonly total: number;
  readonly duplicates: number;
  readonly sent: number;
  readonly failed: number;
  readonly unknown: number;
  readonly bounced: number;
  readonly complained: number;
  readonly suppressed: number;
  readonly ended: number;
  readonly retryable: number;
  readonly sending: number;
  /** Time of the current pass in which the message was moving, in milliseconds. */
  readonly movingMs: number;
  /** Number of deliveries that ended in that time. */
  readonly moved: number;
}

// Compared when it is read, because updateMessage() may raise the maximum.
const RETRYABLE_COUNT = `coalesce(sum(c.failed + c.bounced)
  filter (where c.retryable and c.attempt < m.max_attempts and m.status <> 'CANCELLED'), 0)::int8`;

const COUNTERS = statement<[messageIds: string[]], Counters>(
  "deliveries.stats",
  `select m.id as "messageId", m.status = 'CANCELLED' as cancelled,
     m.status in ('PLANNING', 'SENDING') as active,
     m.recipient_count as total, m.duplicate_count as duplicates,
     s.sent, s.failed, s.unknown, s.bounced, s.complained, s.suppressed, s.ended, s.retryable,
     w.sending,
     m.moving_ms as "movingMs", m.moved_count as moved
   from messages m,
     lateral (
       select coalesce(sum(sent), 0)::int8 as sent, coalesce(sum(failed), 0)::int8 as failed,
         coalesce(sum(unknown), 0)::int8 as unknown, coalesce(sum(bounced), 0)::int8 as bounced,
         coalesce(sum(complained), 0)::int8 as complained,
         coalesce(sum(suppressed), 0)::int8 as suppressed, coalesce(sum(ended), 0)::int8 as ended,
         ${RETRYABLE_COUNT} as retryable
       from delivery_counters c where message_id = m.id
     ) s,
     lateral (
       select coalesce(sum(cardinality(win)), 0)::int8 as sending
       from batches where message_id = m.id and finished_at is null
     ) w
   where m.id = any($1)`,
);

/** Reads the counts of messages, without a check of access. */
export async function readStats(
  db: Connection,
  messageIds: readonly string[],
): Promise<Map<string, DeliveryStats>> {
  const rows = await db.run(COUNTERS, [...messageIds]);
  return new Map(rows.map((row) => [row.messageId, statsOf(row)]));
}

function statsOf(row: Counters): DeliveryStats {
  const { messageId, total, sent, failed, unknown, bounced, complained, suppressed, ended } = row;
  const { sending, retryable, duplicates } = row;
  const attempted = ended - suppressed;
  const waiting = Math.max(total - ended - sending, 0);
  const rate = row.active && row.movingMs > 0 ? row.moved / row.movingMs * 1_000 : null;
  return {
    messageId,
    total,
    pending: row.cancelled ? 0 : waiting,
    sending,
    sent,
    failed,
    cancelled: row.cancelled ? waiting : 0,
    unknown,
    bounced,
    complained,
    suppressed,
    retryable,
    duplicates,
    successFraction: attempted === 0 ? null : sent / attempted,
    perSecond: rate,
    etaMs: rate ? Math.round((waiting + sending) / rate * 1_000) : null,
  };
}

/** Number of deliveries of a message that have one error type. */
export interface ErrorTypeCount {
  readonly messageId: string;
  readonly errorType: DeliveryErrorType;
  readonly count: number;
  /** Number of these deliveries that can be retried. */
  readonly retryable: number;
}

const ERROR_TYPES = statement<[messageIds: string[]], ErrorTypeCount>(
  "deliveries.errorTypes",
  `select message_id as "messageId", error_type as "errorType", count, retryable from (
     select c.message_id, c.error_type, ${RETRYABLE_COUNT} as retryable,
       sum(c.failed + c.unknown + c.bounced + c.complained)::int8 as count
     from delivery_counters c join messages m on m.id = c.message_id
     where c.message_id = any($1) and c.error_type <> ''
     group by 1, 2
   ) counted where count > 0 order by count desc`,
);

/** Counts the deliveries of messages by error type, most frequent first, without a check of access. */
export function readErrorTypes(
  db: Connection,
  messageIds: readonly string[],
): Promise<ErrorTypeCount[]> {
  return db.run(ERROR_TYPES, [...messageIds]);
}

/** Numbers of sent and failed attempts of a message that have the same attempt number. */
export interface AttemptEffect {
  readonly messageId: string;
  readonly attemptNumber: number;
  readonly sent: number;
  readonly failed: number;
}

const EFFECTIVENESS = statement<[messageIds: string[]], AttemptEffect>(
  "deliveries.effectiveness",
  `select message_id as "messageId", attempt as "attemptNumber",
     coalesce(sum(events) filter (where event = 'SENT'), 0)::int8 as sent,
     coalesce(sum(events) filter (where event <> 'SENT'), 0)::int8 as failed
   from delivery_counters
   where message_id = any($1) and event in ('SENT', 'FAILED', 'UNKNOWN')
   group by 1, 2 order by 2`,
);

/** Counts the attempts of messages by number and result, without a check of access. */
export function readEffectiveness(
  db: Connection,
  messageIds: readonly string[],
): Promise<AttemptEffect[]> {
  return db.run(EFFECTIVENESS, [...messageIds]);
}

const TOTALS = statement<[], { outcome: string; count: number }>(
  "deliveries.totals",
  `select outcome, sum(n)::int8 as count from delivery_stats group by 1`,
  LONG,
);

/** Sums the recorded outcomes of all organizations, for the metrics. */
export function readTotals(db: Connection): Promise<{ outcome: string; count: number }[]> {
  return db.run(TOTALS);
}
