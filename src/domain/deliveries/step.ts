import { getLogger } from "@logtape/logtape";
import { statement } from "../../db/database.ts";
import { isTransient } from "../../db/sqlstate.ts";
import { failureLog } from "../failure_log.ts";
import { toError } from "../group.ts";
import { resetCrashes } from "../jobs/lease.ts";
import type { MessageStatus } from "../message_status.ts";
import type { Services } from "../services.ts";
import { suppress } from "../suppressions/suppress.ts";
import { countOutcomes } from "./counters.ts";
import type { PendingDelivery } from "./delivery.ts";
import { appendDeliveryEvents } from "./outbox_events.ts";
import { deliveryFingerprint, reportDeliveries } from "./report.ts";
import { attemptRow, wellFormed } from "./attempt_row.ts";
import { effectOf, type FinishedAttempt } from "./outcome.ts";
import { type BatchClaim, compareJobs, StaleBatchError, type TakenBatch } from "./take.ts";

const RECORD_RETRY_MS = 1_000;
const logFailure = failureLog(
  getLogger(["waybill", "deliveries"]),
  "Recording the results of deliveries",
);

// SENDING is not stored but derived from the list in the batch row, so that a success is one HOT update.
// Jobs and batches are locked in the order of TAKE.
const STEP = statement<[steps: string], StepResult & { batchId: string }>(
  "deliveries.step",
  `with own as materialized (
     select a.*, j.crashes from jsonb_to_recordset($1::jsonb) as a(job_id uuid, fence bigint, batch_id uuid,
         step int, in_flight int[], starting int[], last boolean, attempts jsonb), lateral (
       select crashes from jobs where id = a.job_id and fence = a.fence for no key update) j
   ),
   locked as materialized (
     select o.*, l.message_id from (select * from own order by batch_id) o, lateral (
       select message_id from batches where id = o.batch_id and step = o.step for no key update) l
   ),
   changes as materialized (
     select l.*, m.status, m.channel from locked l, lateral (
       select status, channel from messages where id = l.message_id offset 0) m
   ),
   b as (
     update batches b set step = b.step + 1,
       win = nullif(c.in_flight || case when c.status in ('PLANNING', 'SENDING')
         then c.starting else '{}' end, '{}'),
       finished_at = case when c.last then now() end
     from changes c
     where b.id = c.batch_id and b.id = any(array(select batch_id from changes))
     returning b.id, b.organization_id, b.message_id, b.win, c.status, c.channel, c.starting, c.attempts
   ),
   r as (
     select r.*, b.id as batch_id, b.message_id, b.channel,
       ${deliveryFingerprint("r", "b.channel")} as fingerprint,
       -- A cancelled message retries nothing: after an attempt that counts the delivery has ended.
       resumes and (not counts or b.status <> 'CANCELLED') as waits
     from b, jsonb_to_recordset(b.attempts) as r(id uuid, outcome text, resumes boolean,
       counts boolean, retryable boolean, error_type text, error_code text, error_message text,
       provider text, provider_message_id text, duration_ms float8, wait_ms float8, deferrals smallint,
       suppression_reason text, tries int, earlier jsonb, pattern text)
   ),
   d as (
     update deliveries d set
       -- A mail that its provider has reported as delivered is not sent again.
       status = case when r.waits and d.delivered_at is null then 'PENDING' else r.outcome end,
       attempt = d.attempt + r.counts::int,
       tries = d.tries + r.tries, deferrals = r.deferrals,
       suppression_reason = r.suppression_reason,
       error_type = r.error_type, error_code = r.error_code, error_message = r.error_message,
       fingerprint = r.fingerprint,
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
       and d.message_id is not distinct from r.message_id
       and d.status = 'PENDING'
     returning d.organization_id, d.message_id, r.batch_id, d.id, d.attempt, d.tries, d.error_type,
       d.error_code, d.error_message, d.retryable, d.provider, r.outcome,
       d.status = 'PENDING' as waits, r.counts, r.duration_ms, r.tries as made, r.earlier,
       r.channel, r.fingerprint, r.pattern, d.address
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
   ${
    countOutcomes(`
       select d.organization_id, d.message_id, d.batch_id, now() as at, d.attempt, o.outcome,
         d.error_type, d.retryable
       from d, lateral (
         select d.outcome where not d.waits or d.counts
         union all select case d.outcome when 'UNKNOWN' then 'RESENT' else 'RETRIED' end
           where d.waits and d.counts) o`)
  },
   p as (${reportDeliveries("select * from d")}),
   events as (${appendDeliveryEvents("select *, outcome as status from d where not waits")}),
   progressed as (${
    resetCrashes(`select job_id from own where crashes > 0
       and exists (select from d where d.batch_id = own.batch_id)`)
  })
   select id as "batchId", status as "messageStatus", coalesce(win @> starting, false) as started
   from b`,
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
 * @param write writes the step, perhaps together with others
 * @throws {StaleBatchError} when the claim has ended; and any error of the database that is not transient
 */
export async function recordStep(
  services: Services,
  claim: BatchClaim,
  batch: Pick<TakenBatch, "organizationId" | "channel">,
  step: Step,
  write: (step: BatchStep) => Promise<StepResult>,
): Promise<StepResult> {
  const refused = step.attempts.filter(({ outcome }) => effectOf(outcome).suppresses)
    .map(({ delivery: { id, address } }) => ({ address, deliveryId: id }));
  return await untilAvailable(async () => {
    // Before the step, because no later run sends to these recipients once the step is recorded.
    if (refused.length > 0) await suppress(services.db, batch, "REFUSED", refused);
    return await write({ claim, step });
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
  starting: readonly PendingDelivery[],
): Promise<readonly PendingDelivery[]> {
  const retried = starting.filter(({ attempt }) => attempt > 0).map(({ id }) => id);
  if (retried.length === 0) return starting;
  const rows = await untilAvailable(() => db.run(ENDED, retried));
  const ended = new Set(rows.map(({ id }) => id));
  return starting.filter(({ id }) => !ended.has(id));
}

async function untilAvailable<T>(run: () => Promise<T>): Promise<T> {
  while (true) {
    try {
      return await run();
    } catch (error) {
      if (!isTransient(error)) throw error;
      logFailure(error);
      await new Promise((resolve) => setTimeout(resolve, RECORD_RETRY_MS));
    }
  }
}

/** The next step of a claimed batch. */
export interface BatchStep {
  readonly claim: BatchClaim;
  readonly step: Step;
}

/**
 * Writes steps of different batches in one statement.
 *
 * @returns the results in the order of the steps; a `StaleBatchError` if the claim has ended
 */
export async function writeSteps(
  services: Services,
  steps: readonly BatchStep[],
): Promise<(StepResult | Error)[]> {
  const rows = await services.db.run(
    STEP,
    JSON.stringify(steps.toSorted((a, b) => compareJobs(a.claim, b.claim)).map(rowOf), wellFormed),
  );
  const written = new Map(rows.map(({ batchId, ...result }) => [batchId, result]));
  return await Promise.all(
    steps.map((step) =>
      written.get(step.claim.batchId) ?? readWritten(services, step).catch(toError)
    ),
  );
}

/** Columns of one step, as the statement reads them. */
function rowOf({ claim, step: { step, inFlight, starting, last, attempts } }: BatchStep) {
  return {
    job_id: claim.jobId,
    fence: claim.fence,
    batch_id: claim.batchId,
    step,
    in_flight: inFlight,
    starting,
    last,
    attempts: attempts.map(attemptRow),
  };
}

// No row was written: the claim has ended, or this step was committed and its answer was lost. `started` is
// read from the batch row, because the message may have been paused or resumed since the commit.
async function readWritten(
  { db }: Services,
  { claim: { jobId, fence, batchId }, step: { step, starting } }: BatchStep,
): Promise<StepResult> {
  const [found] = await db.run(READ, jobId, fence, batchId, [...starting]);
  if (found?.step === step + 1) return found;
  throw new StaleBatchError(`Cannot record batch ${batchId}: the claim has ended`);
}
