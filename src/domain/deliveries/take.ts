import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import type { StoredSender } from "../mailbox.ts";
import type { MessageStatus } from "../message_status.ts";
import { toError } from "../group.ts";
import type { Content } from "../rendering.ts";
import type { Services } from "../services.ts";
import { countOutcomes } from "./counters.ts";
import { interruptedFingerprint, reportDeliveries } from "./report.ts";
import type { OnUnknown, PendingDelivery, RetryBackoff, RetryMode } from "./delivery.ts";

/** Claim of a batch: its job, and the fence of the job's claim. */
export interface BatchClaim {
  readonly jobId: string;
  readonly fence: number;
  readonly batchId: string;
}

/** Content and sender of a message, as they are stored. */
export interface StoredContent extends Content, StoredSender {
  readonly replyTo: string | null;
  readonly references: readonly string[];
}

/** A batch that its claimant has taken over, with the settings of its message. */
export interface TakenBatch {
  readonly organizationId: string;
  readonly messageId: string;
  readonly number: number;
  readonly size: number;
  /** Positions of its deliveries. */
  readonly positions: number[];
  /** Number of the last recorded step. */
  readonly step: number;
  /** Positions that the last worker left in flight; null: none. */
  readonly inFlight: number[] | null;
  readonly finished: boolean;
  readonly messageStatus: MessageStatus;
  readonly channel: MessageChannel;
  readonly maxAttempts: number;
  readonly retryMode: RetryMode;
  readonly retryBackoff: RetryBackoff;
  readonly onUnknown: OnUnknown;
  readonly unsubscribable: boolean;
  /** Increased by each change of content or sender. */
  readonly contentVersion: number;
  /** Content of the message, if the batch has all its recipients; null: to be read once for all its batches. */
  readonly content: StoredContent | null;
}

/** The claim of a batch has ended: nothing was written. */
export class StaleBatchError extends Error {
  override readonly name = "StaleBatchError";
}

/** Error message of a delivery that was in flight when its worker died. */
export const INTERRUPTED_MESSAGE =
  "The worker died while sending the delivery: the recipient may have received it";

// Jobs are locked in the order of the parameters, then batches in the order of their ids, as by every statement
// that locks several of them, so that two groups of batches cannot deadlock.
// The commit does not wait for its flush, because nothing is sent before a step is committed, whose flush covers
// this commit, too.
const TAKE = statement<[claims: string], TakenBatch & { id: string }>(
  "batches.take",
  `with own as materialized (
     select a."batchId" as id
     from jsonb_to_recordset($1::jsonb) as a("jobId" uuid, fence bigint, "batchId" uuid), lateral (
       select from jobs where id = a."jobId" and fence = a.fence for no key update) j
   ),
   unflushed as materialized (select set_config('synchronous_commit', 'off', true)),
   locked as materialized (
     select l.* from unflushed, (select id from own order by id) o, lateral (
       select b.id, b.message_id from batches b where b.id = o.id for no key update) l
   ),
   settings as materialized (
     select l.id, m.* from locked l, lateral (
       select status, channel, max_attempts, retry_mode, retry_backoff, on_unknown, unsubscribable,
         recipient_count, content_version, subject, text_body, html_body, from_address, from_name, reply_to,
         reference_ids
       from messages where id = l.message_id offset 0) m
   )
   update batches b set step = b.step + 1, started_at = coalesce(b.started_at, now())
   from settings m
   where b.id = m.id and b.id = any(array(select id from locked))
   returning b.id, b.organization_id as "organizationId", b.message_id as "messageId", b.number, b.size,
     coalesce(b.picked, array(select generate_series(b.lo, b.hi))) as positions, b.step,
     b.win as "inFlight", b.finished_at is not null as finished,
     m.status as "messageStatus", m.channel, m.max_attempts as "maxAttempts",
     m.retry_mode as "retryMode", m.retry_backoff as "retryBackoff",
     m.on_unknown as "onUnknown", m.unsubscribable,
     m.content_version as "contentVersion",
     case when m.recipient_count = b.size then json_build_object('subject', m.subject,
       'text', m.text_body, 'html', m.html_body, 'fromAddress', m.from_address,
       'fromName', m.from_name, 'replyTo', m.reply_to, 'references', m.reference_ids) end as content`,
);

const RECOVER = statement<
  [jobId: string, fence: number, batchId: string, step: number, resend: boolean],
  { recovered: number }
>(
  "deliveries.recover",
  `with own as materialized (select from jobs where id = $1 and fence = $2 for no key update),
   before as (select id, win from batches where id = $3 and step = $4 for update),
   b as (
     update batches b set step = b.step + 1, win = null
     from before, messages m
     where b.id = before.id and m.id = b.message_id and exists (select from own)
     returning b.id, b.organization_id, b.message_id, before.win, m.max_attempts, m.status, m.channel,
       ${interruptedFingerprint(INTERRUPTED_MESSAGE, "m.channel")} as fingerprint
   ),
   d as (
     update deliveries d set
       status = case when $5 and d.attempt + 1 < b.max_attempts and b.status <> 'CANCELLED'
         and d.delivered_at is null then 'PENDING' else 'UNKNOWN' end,
       attempt = d.attempt + 1, tries = d.tries + 1, error_type = 'OTHER', error_code = 'INTERRUPTED',
       error_message = '${INTERRUPTED_MESSAGE}', fingerprint = b.fingerprint,
       retryable = false, last_attempt_at = now(), updated_at = now(), failed_at = null
     from b
     where d.message_id = b.message_id and d.n = any(b.win) and d.status = 'PENDING'
     returning d.organization_id, d.id, d.attempt, d.tries, d.status, d.error_type, d.error_code,
       d.error_message
   ),
   a as (
     insert into delivery_attempts (organization_id, delivery_id, tries, attempt, started_at,
       finished_at, outcome, error_type, error_code, error_message)
     select organization_id, id, tries, attempt, now(), now(), 'UNKNOWN', error_type, error_code,
       error_message
     from d
   ),
   p as (
     ${
    reportDeliveries(`
       select b.organization_id, b.message_id, d.id, b.fingerprint, b.channel, null as provider,
         d.error_type, d.error_code, d.error_message, d.error_message as pattern
       from d, b`)
  }
   ),
   ${
    countOutcomes(`
       select b.organization_id, b.message_id, b.id as batch_id, now() as at, d.attempt, o.outcome,
         d.error_type, false as retryable
       from d, b, lateral (
         select 'UNKNOWN' as outcome union all select 'RESENT' where d.status = 'PENDING') o`)
  }
   select (select count(*) from d) as recovered from b`,
);

// The batch number is compared, too: a retried delivery is in a new batch, but keeps its position in the
// range of the first one.
const PENDING = statement<[batches: string], PendingDelivery & { batch: number }>(
  "deliveries.pending",
  `select b.batch, d.id, d.n as position, d.address, d.name, d.variables, d.attempt, d.deferrals,
     greatest(0, extract(epoch from d.not_before - now()))::float8 * 1000 as "dueMs"
   from jsonb_to_recordset($1::jsonb) as b(batch int, message uuid, number int, positions int[]),
     unnest(b.positions) p(picked), lateral (
     -- The offset forces one index lookup per position: a join could read the whole message.
     select * from deliveries where message_id = b.message and n = picked offset 0) d
   where d.status = 'PENDING' and d.batch_number = b.number
   order by d.n`,
);

/** Numbers of deliveries of a batch that have ended without a failure. */
export interface EndedCounts {
  /** Sent, including those that bounced since. */
  readonly sent: number;
  readonly suppressed: number;
}

/** Counts of a batch of which nothing was sent. */
export const NONE_ENDED: EndedCounts = { sent: 0, suppressed: 0 };

const ENDED = statement<
  [messageId: string, batchNumber: number, positions: number[]],
  EndedCounts
>(
  "deliveries.endedOfBatch",
  `select count(*) filter (where status in ('SENT', 'BOUNCED', 'COMPLAINED')) as sent,
     count(*) filter (where status = 'SUPPRESSED') as suppressed
   from unnest($3::int[]) p(picked), lateral (
     select status, batch_number from deliveries where message_id = $1 and n = picked offset 0) d
   where batch_number = $2`,
);

/**
 * Takes over batches for the worker that has claimed their jobs. Deliveries that the last worker left in
 * flight may have been sent: they become UNKNOWN, or PENDING again if `onUnknown` is RESEND and attempts
 * are left.
 *
 * @returns the batches in the order of the claims; a `StaleBatchError` if the claim has ended
 */
export async function takeBatches(
  services: Services,
  claims: readonly BatchClaim[],
): Promise<(TakenBatch | Error)[]> {
  const rows = await services.db.run(TAKE, JSON.stringify(claims.toSorted(compareJobs)));
  const taken = new Map(rows.map(({ id, ...batch }) => [id, batch]));
  return await Promise.all(claims.map(async (claim) => {
    const batch = taken.get(claim.batchId);
    if (!batch) {
      return new StaleBatchError(`Cannot take batch ${claim.batchId}: the claim has ended`);
    }
    return batch.inFlight ? await recover(services, claim, batch).catch(toError) : batch;
  }));
}

async function recover(
  { db, bus }: Services,
  claim: BatchClaim,
  batch: TakenBatch,
): Promise<TakenBatch> {
  const resend = batch.onUnknown === "RESEND";
  const [row] = await db.run(RECOVER, claim.jobId, claim.fence, claim.batchId, batch.step, resend);
  if (!row) throw new StaleBatchError(`Cannot recover batch ${claim.batchId}: the claim has ended`);
  if (row.recovered > 0) bus.publish("deliveries", batch.organizationId, null);
  return { ...batch, step: batch.step + 1 };
}

/** Compares claims of batches in the order in which every statement locks their jobs. */
export function compareJobs(a: BatchClaim, b: BatchClaim): number {
  return a.jobId < b.jobId ? -1 : 1;
}

/**
 * Reads the PENDING deliveries of batches by position, including those that are not due yet.
 *
 * @returns the deliveries of each batch, in the order of the batches
 */
export async function readAllPending(
  { db }: Services,
  batches: readonly TakenBatch[],
): Promise<PendingDelivery[][]> {
  const asked = batches.map(({ messageId: message, number, positions }, batch) => ({
    batch,
    message,
    number,
    positions,
  }));
  const rows = Map.groupBy(await db.run(PENDING, JSON.stringify(asked)), ({ batch }) => batch);
  return batches.map((_, batch) => rows.get(batch) ?? []);
}

/** Counts the deliveries of a batch that were sent or suppressed. */
export async function countEnded({ db }: Services, batch: TakenBatch): Promise<EndedCounts> {
  const [row] = await db.run(ENDED, batch.messageId, batch.number, batch.positions);
  return row ?? NONE_ENDED;
}
