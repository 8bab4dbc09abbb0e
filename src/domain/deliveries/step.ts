import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import type { Services } from "../services.ts";
import type { EndedDelivery, OnUnknown, PendingDelivery } from "./delivery.ts";

/** Proof that a batch is ours: the job that works on it, and the fence of its claim. */
export interface BatchHold {
  readonly jobId: string;
  readonly fence: number;
  readonly batchId: string;
}

/** A batch as it is taken over, with what its message says of it. */
export interface TakenBatch {
  readonly organizationId: string;
  readonly messageId: string;
  readonly number: number;
  readonly size: number;
  /** Of its deliveries. */
  readonly numbers: number[];
  readonly step: number;
  /** In flight when the last worker left it. */
  readonly win: number[] | null;
  readonly finished: boolean;
  readonly messageStatus: string;
  readonly channel: MessageChannel;
  readonly maxAttempts: number;
  readonly onUnknown: OnUnknown;
  readonly unsubscribable: boolean;
}

/** The claim is another's: nothing was written. */
export class StaleBatchError extends Error {
  override readonly name = "StaleBatchError";
}

const TAKE = statement<[jobId: string, fence: number, batchId: string], TakenBatch>(
  "batches.take",
  `with own as materialized (select from jobs where id = $1 and fence = $2 for no key update)
   update batches b set step = b.step + 1, started_at = coalesce(b.started_at, now())
   from messages m
   where b.id = $3 and m.id = b.message_id and exists (select from own)
   returning b.organization_id as "organizationId", b.message_id as "messageId", b.number, b.size,
     coalesce(b.picked, array(select generate_series(b.lo, b.hi))) as numbers, b.step, b.win,
     b.finished_at is not null as finished,
     m.status as "messageStatus", m.channel, m.max_attempts as "maxAttempts",
     m.on_unknown as "onUnknown", m.unsubscribable`,
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
     returning b.id, b.organization_id, b.message_id, before.win, m.max_attempts, m.status
   ),
   d as (
     update deliveries d set
       status = case when $5 and d.attempt + 1 < b.max_attempts and b.status <> 'CANCELLED'
         then 'PENDING' else 'UNKNOWN' end,
       attempt = d.attempt + 1, tries = d.tries + 1, error_type = 'OTHER', error_code = 'INTERRUPTED',
       error_message = 'The worker died while this was being sent: it may have arrived',
       retryable = false, last_attempt_at = now(), updated_at = now()
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
   s as (
     insert into delivery_stats as x (organization_id, message_id, batch_id, minute, attempt,
       outcome, error_type, n)
     select b.organization_id, b.message_id, b.id, date_trunc('minute', now()), d.attempt,
       'UNKNOWN', d.error_type, count(*)
     from d, b where d.status = 'UNKNOWN' group by 1, 2, 3, 5, 7
     on conflict (batch_id, minute, attempt, outcome, error_type, retryable)
       do update set n = x.n + excluded.n
   )
   select (select count(*) from d) as recovered from b`,
);

// Those that are tried again stand in the range of their first batch still, and are another's by now.
// A deferral is a try since the last attempt that counted: hardly any delivery has one.
const PENDING = statement<
  [messageId: string, batchNumber: number, numbers: number[]],
  PendingDelivery
>(
  "deliveries.pending",
  `select id, n, address, name, variables, attempt, case when tries > attempt then
     (select count(*) from delivery_attempts a where delivery_id = d.id and a.attempt = d.attempt)
       - (attempt > 0)::int else 0 end as deferrals
   from unnest($3::int[]) p(picked), lateral (
     -- The offset keeps this one look by the index for each: joined, it could read the whole message.
     select * from deliveries where message_id = $1 and n = picked offset 0) d
   where status = 'PENDING' and batch_number = $2
   order by n`,
);

// SENDING is being in `win`: a success stays a HOT update, one write instead of two.
const STEP = statement<
  [
    jobId: string,
    fence: number,
    batchId: string,
    step: number,
    flying: number[],
    opening: number[],
    last: boolean,
    ids: string[],
    outcomes: string[],
    agains: boolean[],
    counts: boolean[],
    retryables: boolean[],
    errorTypes: (string | null)[],
    errorCodes: (string | null)[],
    errorMessages: (string | null)[],
    providers: (string | null)[],
    providerMessageIds: (string | null)[],
    durations: number[],
    waits: (number | null)[],
  ],
  StepResult
>(
  "deliveries.step",
  `with own as materialized (select from jobs where id = $1 and fence = $2 for no key update),
   b as (
     update batches b set step = b.step + 1,
       win = nullif($5::int[] || case when m.status in ('PLANNING', 'SENDING') then $6::int[]
         else '{}' end, '{}'),
       finished_at = case when $7 then now() end
     from messages m
     where b.id = $3 and b.step = $4 and m.id = b.message_id and exists (select from own)
     returning b.id, b.organization_id, b.message_id, b.win, m.status
   ),
   r as (
     select r.*,
       -- What a cancelled message would not send again stays as unknown as it is.
       again and (outcome <> 'UNKNOWN' or (select status from b) <> 'CANCELLED') as waits
     from unnest($8::uuid[], $9::text[], $10::boolean[], $11::boolean[], $12::boolean[], $13::text[],
       $14::text[], $15::text[], $16::text[], $17::text[], $18::float8[], $19::float8[])
       as r(id, outcome, again, counts, retryable, error_type, error_code, error_message, provider,
         provider_message_id, duration_ms, wait_ms)
   ),
   d as (
     update deliveries d set
       status = case when r.waits then 'PENDING' else r.outcome end,
       attempt = d.attempt + r.counts::int, tries = d.tries + 1,
       error_type = r.error_type, error_code = r.error_code, error_message = r.error_message,
       retryable = r.retryable and r.outcome = 'FAILED' and not r.waits,
       not_before = now() + r.wait_ms * interval '1 millisecond',
       provider = r.provider, provider_message_id = r.provider_message_id,
       last_attempt_at = now(), updated_at = now(),
       sent_at = case r.outcome when 'SENT' then now() end,
       failed_at = case when r.outcome = 'FAILED' and not r.waits then now() end
     from r
     -- Not "=", which would let the planner read the whole message instead of these few rows.
     where d.id = r.id and d.message_id is not distinct from (select message_id from b)
       and d.status = 'PENDING'
     returning d.organization_id, d.id, d.attempt, d.tries, d.error_type, d.error_code,
       d.error_message, d.retryable, d.provider, r.outcome, r.waits, r.duration_ms
   ),
   a as (
     insert into delivery_attempts (organization_id, delivery_id, tries, attempt, provider,
       started_at, finished_at, outcome, error_type, error_code, error_message)
     select organization_id, id, tries, attempt, provider,
       now() - duration_ms * interval '1 millisecond', now(),
       case outcome when 'SENT' then 'SUCCEEDED' else outcome end,
       error_type, error_code, error_message
     from d
   ),
   s as (
     insert into delivery_stats as x (organization_id, message_id, batch_id, minute, attempt,
       outcome, error_type, retryable, n)
     select b.organization_id, b.message_id, b.id, date_trunc('minute', now()), d.attempt,
       d.outcome, coalesce(d.error_type, ''), d.retryable, count(*)
     from d, b where not d.waits group by 1, 2, 3, 5, 6, 7, 8
     on conflict (batch_id, minute, attempt, outcome, error_type, retryable)
       do update set n = x.n + excluded.n
   )
   select status as "messageStatus", coalesce(win @> $6::int[], false) as opened from b`,
);

const READ = statement<
  [jobId: string, fence: number, batchId: string, opening: number[]],
  StepResult & { step: number }
>(
  "batches.read",
  `select b.step, m.status as "messageStatus", coalesce(b.win @> $4::int[], false) as opened
   from batches b join messages m on m.id = b.message_id
   where b.id = $3 and exists (select from jobs where id = $1 and fence = $2)`,
);

/**
 * Takes a batch over for the job that holds it. What the last worker left in flight may have gone
 * out: it becomes UNKNOWN, or waits again when the message says RESEND and attempts are left.
 *
 * @throws {StaleBatchError}
 */
export async function takeBatch({ db, bus }: Services, hold: BatchHold): Promise<TakenBatch> {
  const [batch] = await db.run(TAKE, hold.jobId, hold.fence, hold.batchId);
  if (!batch) throw new StaleBatchError(`Cannot take batch ${hold.batchId}: the claim has ended`);
  if (!batch.win) return batch;
  const resend = batch.onUnknown === "RESEND";
  const [row] = await db.run(RECOVER, hold.jobId, hold.fence, hold.batchId, batch.step, resend);
  if (!row) throw new StaleBatchError(`Cannot recover batch ${hold.batchId}: the claim has ended`);
  if (row.recovered > 0) bus.publish("deliveries", batch.organizationId, null);
  return { ...batch, step: batch.step + 1 };
}

/** The deliveries of a batch that still wait, in order. */
export function readPending({ db }: Services, batch: TakenBatch): Promise<PendingDelivery[]> {
  return db.run(PENDING, batch.messageId, batch.number, batch.numbers);
}

/** What one step records. */
export interface Step {
  /** The batch's step before. */
  readonly step: number;
  readonly ended: readonly EndedDelivery[];
  /** Still in flight, by n. */
  readonly flying: readonly number[];
  /** To be sent next, by n. */
  readonly opening: readonly number[];
  /** Nothing of the batch is left. */
  readonly last: boolean;
}

/** What became of a step. */
export interface StepResult {
  readonly messageStatus: string;
  /** Whether what was to be opened may be sent: not when the message was paused or cancelled. */
  readonly opened: boolean;
}

/**
 * Records what ended and opens what goes next, in one statement; compare-and-set on the step, so
 * that repeating it changes nothing.
 *
 * @throws {StaleBatchError}
 */
export async function recordStep(
  { db }: Services,
  hold: BatchHold,
  step: Step,
): Promise<StepResult> {
  const { ended } = step;
  const opening = [...step.opening];
  const [row] = await db.run(
    STEP,
    hold.jobId,
    hold.fence,
    hold.batchId,
    step.step,
    [...step.flying],
    opening,
    step.last,
    ended.map(({ id }) => id),
    ended.map(({ outcome }) => outcome),
    ended.map(({ again }) => again),
    ended.map(({ counts }) => counts),
    ended.map(({ retryable }) => retryable),
    ended.map(({ error }) => error?.type ?? null),
    ended.map(({ error }) => error?.code ?? null),
    ended.map(({ error }) => error?.message ?? null),
    ended.map(({ provider }) => provider),
    ended.map(({ providerMessageId }) => providerMessageId),
    ended.map(({ durationMs }) => durationMs),
    ended.map(({ waitMs }) => waitMs),
  );
  if (row) return row;
  // No row: either the claim has ended, or this very step was committed and its answer lost. What was
  // opened then is what the batch says: the message may have been paused or resumed since.
  const [found] = await db.run(READ, hold.jobId, hold.fence, hold.batchId, opening);
  if (found?.step === step.step + 1) return found;
  throw new StaleBatchError(`Cannot record batch ${hold.batchId}: the claim has ended`);
}
