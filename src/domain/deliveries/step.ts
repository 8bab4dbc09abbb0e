import { getLogger } from "@logtape/logtape";
import type { FailedTry } from "../../channels/channel.ts";
import { statement } from "../../db/database.ts";
import { isTransient } from "../../db/sqlstate.ts";
import { resetCrashes } from "../jobs/lease.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Services } from "../services.ts";
import { suppress } from "../suppressions/suppress.ts";
import { countOutcomes } from "./counters.ts";
import type { PendingDelivery } from "./delivery.ts";
import { effectOf, type FinishedAttempt } from "./outcome.ts";
import { type BatchClaim, StaleBatchError, type TakenBatch } from "./take.ts";

const RECORD_RETRY_MS = 1_000;
const log = getLogger(["waybill", "deliveries"]);

// SENDING is not stored but derived from the list in the batch row, so that a success is one HOT update.
const STEP = statement<
  [
    jobId: string,
    fence: number,
    batchId: string,
    step: number,
    inFlight: number[],
    starting: number[],
    last: boolean,
    attempts: string,
  ],
  StepResult
>(
  "deliveries.step",
  `with own as materialized (
     select id, crashes from jobs where id = $1 and fence = $2 for no key update
   ),
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
       -- A cancelled message retries nothing: after an attempt that counts the delivery has ended.
       resumes and (not counts or (select status from b) <> 'CANCELLED') as waits
     from jsonb_to_recordset($8::jsonb) as r(id uuid, outcome text, resumes boolean, counts boolean,
       retryable boolean, error_type text, error_code text, error_message text, provider text,
       provider_message_id text, duration_ms float8, wait_ms float8, deferrals smallint,
       suppression_reason text, tries int, earlier jsonb)
   ),
   d as (
     update deliveries d set
       -- A mail that its provider has reported as delivered is not sent again.
       status = case when r.waits and d.delivered_at is null then 'PENDING' else r.outcome end,
       attempt = d.attempt + r.counts::int,
       tries = d.tries + r.tries, deferrals = r.deferrals,
       suppression_reason = r.suppression_reason,
       error_type = r.error_type, error_code = r.error_code, error_message = r.error_message,
       retryable = r.retryable,
       not_before = now() + r.wait_ms * interval '1 millisecond',
       provider = case when r.tries > 0 then r.provider else d.provider end,
       provider_message_id = r.provider_message_id,
       last_attempt_at = case when r.tries > 0 then now() else d.last_attempt_at end,
       updated_at = now(),
       sent_at = case r.outcome when 'SENT' then now() end,
       failed_at = case when r.outcome = 'FAILED' and not (r.waits and d.delivered_at is null)
         then now() end
     from r
     -- The array makes the planner look up these few rows by their ids; a join with r, or "=" with the
     -- message, would let it read the whole table or message.
     where d.id = r.id and d.id = any(array(select id from r))
       and d.message_id is not distinct from (select message_id from b)
       and d.status = 'PENDING'
     returning d.organization_id, d.id, d.attempt, d.tries, d.error_type, d.error_code,
       d.error_message, d.retryable, d.provider, r.outcome,
       d.status = 'PENDING' as waits, r.counts, r.duration_ms, r.tries as made, r.earlier
   ),
   a as (
     insert into delivery_attempts (organization_id, delivery_id, tries, attempt, counted, provider,
       started_at, finished_at, outcome, error_type, error_code, error_message)
     select organization_id, id, tries, attempt, counts, provider,
       now() - duration_ms * interval '1 millisecond', now(),
       case outcome when 'SENT' then 'SUCCEEDED' else outcome end,
       error_type, error_code, error_message
     from d where made > 0
     union all
     -- Tries at other providers before the last one.
     select d.organization_id, d.id, d.tries - e.back, d.attempt - d.counts::int, false, e.provider,
       now() - e.begun_ms * interval '1 millisecond', now() - e.ended_ms * interval '1 millisecond',
       'FAILED', e.type, e.code, e.message
     from d, jsonb_to_recordset(d.earlier) as e(back int, provider text, type text, code text,
       message text, begun_ms float8, ended_ms float8)
   ),
   s as (
     ${
    countOutcomes(`
       select b.organization_id, b.message_id, b.id as batch_id, now() as at, d.attempt, o.outcome,
         d.error_type, d.retryable
       from d, b, lateral (
         select d.outcome where not d.waits or d.counts
         union all select case d.outcome when 'UNKNOWN' then 'RESENT' else 'RETRIED' end
           where d.waits and d.counts) o`)
  }
   ),
   progressed as (${
    resetCrashes("select id from own where crashes > 0 and exists (select from d)")
  })
   select status as "messageStatus", coalesce(win @> $6::int[], false) as started from b`,
);

const READ = statement<
  [jobId: string, fence: number, batchId: string, starting: number[]],
  StepResult & { step: number }
>(
  "batches.read",
  `select b.step, m.status as "messageStatus", coalesce(b.win @> $4::int[], false) as started
   from batches b join messages m on m.id = b.message_id
   where b.id = $3 and exists (select from jobs where id = $1 and fence = $2)`,
);

/** Changes of a batch that are recorded in one transaction. */
export interface Step {
  /** Number of the batch's last recorded step. */
  readonly step: number;
  readonly attempts: readonly FinishedAttempt[];
  /** Positions of the deliveries that are still in flight. */
  readonly inFlight: readonly number[];
  /** Positions of the deliveries to be sent next. */
  readonly starting: readonly number[];
  /** Whether the batch ends with this step. */
  readonly last: boolean;
}

/** State of a batch after a step. */
export interface StepResult {
  readonly messageStatus: MessageStatus;
  /** Whether `starting` may be sent; false if the message was paused or cancelled. */
  readonly started: boolean;
}

/**
 * Records finished attempts and lists the deliveries that are sent next, in one statement. The statement
 * is a compare-and-set on the step, so that repeating it changes nothing. It is repeated once a second
 * while the database is unavailable, because a delivery that was sent must be recorded.
 *
 * @param batch organization and channel, for the suppression list
 * @throws {StaleBatchError} when the claim has ended; and any error of the database that is not transient
 */
export async function recordStep(
  services: Services,
  claim: BatchClaim,
  batch: Pick<TakenBatch, "organizationId" | "channel">,
  step: Step,
): Promise<StepResult> {
  const refused = step.attempts.filter(({ outcome }) => effectOf(outcome).suppresses)
    .map(({ delivery: { id, address } }) => ({ address, deliveryId: id }));
  return await untilAvailable(claim, async () => {
    // Before the step, because no later run sends to these recipients once the step is recorded.
    if (refused.length > 0) await suppress(services.db, batch, "REFUSED", refused);
    return await writeStep(services, claim, step);
  });
}

const ENDED = statement<[ids: string[]], { id: string }>(
  "deliveries.ended",
  "select id from deliveries where id = any($1) and status <> 'PENDING'",
);

/**
 * Returns the deliveries that are still to be sent, of those that a recorded step lists as in flight. Between
 * two attempts an event of a provider can end a delivery. The event locks the batch, so that either this
 * function reads its change, or the event finds the delivery in flight.
 */
export async function withoutEnded(
  { db }: Services,
  claim: BatchClaim,
  starting: readonly PendingDelivery[],
): Promise<readonly PendingDelivery[]> {
  const retried = starting.filter(({ attempt }) => attempt > 0).map(({ id }) => id);
  if (retried.length === 0) return starting;
  const rows = await untilAvailable(claim, () => db.run(ENDED, retried));
  const ended = new Set(rows.map(({ id }) => id));
  return starting.filter(({ id }) => !ended.has(id));
}

async function untilAvailable<T>(claim: BatchClaim, run: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await run();
    } catch (error) {
      if (!isTransient(error)) throw error;
      log.warn("Cannot record batch {batchId}: retrying in {ms} ms", {
        ...claim,
        ms: RECORD_RETRY_MS,
        error,
      });
      await new Promise((resolve) => setTimeout(resolve, RECORD_RETRY_MS));
    }
  }
}

async function writeStep(
  { db }: Services,
  { jobId, fence, batchId }: BatchClaim,
  { step, attempts, inFlight, starting, last }: Step,
): Promise<StepResult> {
  const rows = JSON.stringify(attempts.map(rowOf), wellFormed);
  const next = [...starting];
  const [row] = await db.run(STEP, jobId, fence, batchId, step, [...inFlight], next, last, rows);
  if (row) return row;
  // No row: the claim has ended, or this step was committed and its answer was lost. `started` is read from
  // the batch row, because the message may have been paused or resumed since the commit.
  const [found] = await db.run(READ, jobId, fence, batchId, next);
  if (found?.step === step + 1) return found;
  throw new StaleBatchError(`Cannot record batch ${batchId}: the claim has ended`);
}

/** Columns of one attempt, as the statement reads them. */
function rowOf({ delivery, outcome, provider, durationMs, earlier }: FinishedAttempt) {
  const effect = effectOf(outcome);
  const { status, waits, counts, retryable, waitMs, deferrals, error, suppressionReason } = effect;
  return {
    id: delivery.id,
    outcome: status,
    resumes: waits,
    counts,
    retryable,
    error_type: error?.type,
    error_code: error?.code,
    error_message: error?.message,
    provider,
    provider_message_id: outcome.type === "sent" ? outcome.providerMessageId : null,
    // The last try began when the one before it had ended.
    duration_ms: Math.max(
      0,
      earlier.reduce((remaining, { durationMs }) => remaining - durationMs, durationMs),
    ),
    wait_ms: waitMs,
    deferrals,
    suppression_reason: suppressionReason,
    tries: suppressionReason ? 0 : earlier.length + 1,
    earlier: earlier.length > 0 ? earlierRows(earlier, durationMs) : undefined,
  };
}

// PostgreSQL refuses a lone surrogate, which truncating the text of a provider can produce.
function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === "string" ? value.toWellFormed() : value;
}

/** Rows of the tries at other providers: `back` tries before the last one; times in ms before its end. */
function earlierRows(earlier: readonly FailedTry[], durationMs: number) {
  let begunMs = durationMs;
  return earlier.map(({ provider, error: { type, code, message }, durationMs }, index) => {
    const begun_ms = begunMs;
    begunMs -= durationMs;
    const back = earlier.length - index;
    return { back, provider, type, code, message, begun_ms, ended_ms: begunMs };
  });
}
