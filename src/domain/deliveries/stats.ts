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
  readonly retryable: number;
  readonly sending: number;
  /** Since this pass began, the first one or a retry of what failed in it, or went on after a pause. */
  readonly seconds: number | null;
  readonly endedBefore: number;
}

const COUNTERS = statement<[messageIds: string[]], Counters>(
  "deliveries.stats",
  `select m.id as "messageId", m.status = 'CANCELLED' as cancelled,
     m.status in ('PLANNING', 'SENDING') as active,
     m.recipient_count as total, m.duplicate_count as duplicates,
     s.sent, s.failed, s.unknown, s.bounced, s.complained, s.retryable, w.sending,
     extract(epoch from now() - coalesce(m.pass_started_at, m.started_at))::float8 as seconds,
     m.pass_ended_count as "endedBefore"
   from messages m,
     lateral (
       select coalesce(sum(case outcome when 'SENT' then n when 'BOUNCED' then -n
           when 'COMPLAINED' then -n when 'BOUNCE_RAISED' then n end), 0)::int8 as sent,
         coalesce(sum(case outcome when 'FAILED' then n when 'RETRIED' then -n end), 0)::int8
           as failed,
         coalesce(sum(case when outcome = 'BOUNCED' then n
           when outcome in ('BOUNCE_RETRIED', 'BOUNCE_RAISED') then -n end), 0)::int8 as bounced,
         coalesce(sum(n) filter (where outcome = 'COMPLAINED'), 0)::int8 as complained,
         coalesce(sum(case when outcome in ('FAILED', 'BOUNCED') then n
           when outcome in ('RETRIED', 'BOUNCE_RETRIED', 'BOUNCE_RAISED') then -n end)
           filter (where retryable and attempt < m.max_attempts and m.status <> 'CANCELLED'),
           0)::int8 as retryable,
         coalesce(sum(case outcome when 'UNKNOWN' then n when 'RESOLVED' then -n
           when 'RESENT' then -n end), 0)::int8 as unknown
       from delivery_stats where message_id = m.id
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
  `select message_id as "messageId", error_type as "errorType", failed as count, retryable from (
     select s.message_id, error_type,
       sum(case when outcome in ('RETRIED', 'RESOLVED', 'RESENT', 'BOUNCE_RETRIED', 'BOUNCE_RAISED')
         then -n else n end)::int8 as failed,
       coalesce(sum(case when outcome in ('RETRIED', 'BOUNCE_RETRIED', 'BOUNCE_RAISED') then -n
         else n end)
         filter (where retryable and s.attempt < m.max_attempts and m.status <> 'CANCELLED'),
         0)::int8 as retryable
     from delivery_stats s join messages m on m.id = s.message_id
     where s.message_id = any($1) and error_type <> ''
     group by 1, 2
   ) counted where failed > 0 order by failed desc`,
);

const EFFECTIVENESS = statement<[messageIds: string[]], AttemptEffect>(
  "deliveries.effectiveness",
  `select message_id as "messageId", attempt as "attemptNumber",
     coalesce(sum(n) filter (where outcome = 'SENT'), 0)::int8 as sent,
     -- What turned out to have arrived was no failure; what is sent again was one.
     coalesce(sum(case when outcome in ('FAILED', 'UNKNOWN') then n
       when outcome = 'RESOLVED' then -n end), 0)::int8 as failed
   from delivery_stats
   where message_id = any($1) and outcome in ('SENT', 'FAILED', 'UNKNOWN', 'RESOLVED')
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
  const { messageId, total, sent, failed, unknown, bounced, complained } = row;
  const { sending, retryable, duplicates } = row;
  const ended = sent + failed + unknown + bounced + complained;
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
