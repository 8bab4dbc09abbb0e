import { type Connection, statement } from "../../db/database.ts";
import type { DeliveryErrorType } from "../../channels/channel.ts";

/** How far a message has come, counted without touching its deliveries. */
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
  /** Of the failed and bounced ones: those that another attempt may mend. */
  readonly retryable: number;
  /** Recipients that were given more than once, and got it once. */
  readonly duplicates: number;
  /** Of those that have ended; null before the first has. */
  readonly successFraction: number | null;
  /** Ended ones a second since sending, or trying again, began or went on; null while nothing is sent. */
  readonly perSecond: number | null;
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
  readonly ended: number;
  readonly retryable: number;
  readonly sending: number;
  /** Since this pass began, the first one or a retry of what failed in it, or went on after a pause. */
  readonly seconds: number | null;
  readonly endedBefore: number;
}

// A message may be given more attempts, unless it was cancelled.
const RETRYABLE_COUNT = `coalesce(sum(c.failed + c.bounced)
  filter (where c.retryable and c.attempt < m.max_attempts and m.status <> 'CANCELLED'), 0)::int8`;

const COUNTERS = statement<[messageIds: string[]], Counters>(
  "deliveries.stats",
  `select m.id as "messageId", m.status = 'CANCELLED' as cancelled,
     m.status in ('PLANNING', 'SENDING') as active,
     m.recipient_count as total, m.duplicate_count as duplicates,
     s.sent, s.failed, s.unknown, s.bounced, s.complained, s.ended, s.retryable,
     w.sending,
     extract(epoch from now() - coalesce(m.pass_started_at, m.started_at))::float8 as seconds,
     m.pass_ended_count as "endedBefore"
   from messages m,
     lateral (
       select coalesce(sum(sent), 0)::int8 as sent, coalesce(sum(failed), 0)::int8 as failed,
         coalesce(sum(unknown), 0)::int8 as unknown, coalesce(sum(bounced), 0)::int8 as bounced,
         coalesce(sum(complained), 0)::int8 as complained, coalesce(sum(ended), 0)::int8 as ended,
         ${RETRYABLE_COUNT} as retryable
       from delivery_counters c where message_id = m.id
     ) s,
     lateral (
       select coalesce(sum(cardinality(win)), 0)::int8 as sending
       from batches where message_id = m.id and finished_at is null
     ) w
   where m.id = any($1)`,
);

/** How many deliveries of a message failed with one error type. */
export interface ErrorTypeCount {
  readonly messageId: string;
  readonly errorType: DeliveryErrorType;
  readonly count: number;
  /** Of these: how many another attempt may mend. */
  readonly retryable: number;
}

/** What one attempt number brought a message. */
export interface AttemptEffect {
  readonly messageId: string;
  readonly attemptNumber: number;
  readonly sent: number;
  readonly failed: number;
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

const EFFECTIVENESS = statement<[messageIds: string[]], AttemptEffect>(
  "deliveries.effectiveness",
  `select message_id as "messageId", attempt as "attemptNumber",
     coalesce(sum(events) filter (where event = 'SENT'), 0)::int8 as sent,
     coalesce(sum(events) filter (where event <> 'SENT'), 0)::int8 as failed
   from delivery_counters
   where message_id = any($1) and event in ('SENT', 'FAILED', 'UNKNOWN')
   group by 1, 2 order by 2`,
);

const TOTALS = statement<[], { outcome: string; count: number }>(
  "deliveries.totals",
  `select outcome, sum(n)::int8 as count from delivery_stats group by 1`,
);

/** Counts many messages at once. The caller has checked that they may be seen. */
export async function readStats(
  db: Connection,
  messageIds: readonly string[],
): Promise<Map<string, DeliveryStats>> {
  const rows = await db.run(COUNTERS, [...messageIds]);
  return new Map(rows.map((row) => [row.messageId, statsOf(row)]));
}

function statsOf(row: Counters): DeliveryStats {
  const { messageId, total, sent, failed, unknown, bounced, complained, ended } = row;
  const { sending, retryable, duplicates } = row;
  // Read at slightly different moments, the parts may exceed the whole by what is in flight.
  const waiting = Math.max(total - ended - sending, 0);
  const rate = row.active && row.seconds !== null && row.seconds > 0
    ? Math.max(ended - row.endedBefore, 0) / row.seconds
    : null;
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
    retryable,
    duplicates,
    successFraction: ended === 0 ? null : sent / ended,
    perSecond: rate,
    etaMs: rate ? Math.round((waiting + sending) / rate * 1_000) : null,
  };
}

/** How many failed by error type, most frequent first, of many messages. */
export function readErrorTypes(
  db: Connection,
  messageIds: readonly string[],
): Promise<ErrorTypeCount[]> {
  return db.run(ERROR_TYPES, [...messageIds]);
}

/** What each attempt number brought, of many messages. */
export function readEffectiveness(
  db: Connection,
  messageIds: readonly string[],
): Promise<AttemptEffect[]> {
  return db.run(EFFECTIVENESS, [...messageIds]);
}

/** Deliveries that have ended, of all organizations, by outcome: for the metrics. */
export function readTotals(db: Connection): Promise<{ outcome: string; count: number }[]> {
  return db.run(TOTALS);
}
