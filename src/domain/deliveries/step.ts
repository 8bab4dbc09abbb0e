import { getLogger } from "@logtape/logtape";
import { statement } from "../../db/database.ts";
import { isTransient } from "../../db/sqlstate.ts";
import type { Services } from "../services.ts";
import { countOutcomes } from "./counters.ts";
import type { EndedDelivery } from "./delivery.ts";
import { type RefusedDeliveries, suppressRefused } from "./refused.ts";
import { type BatchHold, StaleBatchError } from "./take.ts";

const RECORD_RETRY_MS = 1_000;
const log = getLogger(["waybill", "deliveries"]);

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
    deferrals: number[],
    earlier: (string | null)[],
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
       $14::text[], $15::text[], $16::text[], $17::text[], $18::float8[], $19::float8[],
       $20::smallint[], $21::jsonb[])
       as r(id, outcome, again, counts, retryable, error_type, error_code, error_message, provider,
         provider_message_id, duration_ms, wait_ms, deferrals, earlier)
   ),
   d as (
     update deliveries d set
       status = case when r.waits then 'PENDING' else r.outcome end,
       attempt = d.attempt + r.counts::int,
       tries = d.tries + coalesce(jsonb_array_length(r.earlier), 0) + 1, deferrals = r.deferrals,
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
       d.error_message, d.retryable, d.provider, r.outcome, r.waits, r.counts, r.duration_ms,
       r.earlier
   ),
   a as (
     insert into delivery_attempts (organization_id, delivery_id, tries, attempt, counted, provider,
       started_at, finished_at, outcome, error_type, error_code, error_message)
     select organization_id, id, tries, attempt, counts, provider,
       now() - duration_ms * interval '1 millisecond', now(),
       case outcome when 'SENT' then 'SUCCEEDED' else outcome end,
       error_type, error_code, error_message
     from d
     union all
     -- By other providers, before.
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
         select d.outcome where not d.waits or d.outcome = 'UNKNOWN'
         union all select 'RESENT' where d.waits and d.outcome = 'UNKNOWN') o`)
  }
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

/** What one step records. */
export interface Step {
  /** The batch's step before. */
  readonly step: number;
  readonly ended: readonly EndedDelivery[];
  /** Recipients for the suppression list. */
  readonly refused: RefusedDeliveries;
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
 * that repeating it changes nothing. It is repeated once a second while the database is unavailable,
 * because a delivery that was sent must be recorded.
 *
 * @throws {StaleBatchError} when the claim has ended; any other error that repeating cannot cure
 */
export async function recordStep(
  services: Services,
  hold: BatchHold,
  step: Step,
): Promise<StepResult> {
  while (true) {
    try {
      // First, because once the step is recorded no later run returns to these recipients.
      await suppressRefused(services, step.refused);
      return await writeStep(services, hold, step);
    } catch (error) {
      if (!isTransient(error)) throw error;
      log.warn("Cannot record batch {batchId}: retrying in {ms} ms", {
        ...hold,
        ms: RECORD_RETRY_MS,
        error,
      });
      await new Promise((resolve) => setTimeout(resolve, RECORD_RETRY_MS));
    }
  }
}

async function writeStep({ db }: Services, hold: BatchHold, step: Step): Promise<StepResult> {
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
    ended.map(lastDurationOf),
    ended.map(({ waitMs }) => waitMs),
    ended.map(({ deferrals }) => deferrals),
    ended.map((delivery) => earlierOf(delivery)),
  );
  if (row) return row;
  // No row: either the claim has ended, or this very step was committed and its answer lost. What was
  // opened then is what the batch says: the message may have been paused or resumed since.
  const [found] = await db.run(READ, hold.jobId, hold.fence, hold.batchId, opening);
  if (found?.step === step.step + 1) return found;
  throw new StaleBatchError(`Cannot record batch ${hold.batchId}: the claim has ended`);
}

// The last try began when the one before it had ended.
function lastDurationOf({ earlier, durationMs }: EndedDelivery): number {
  return Math.max(0, earlier.reduce((left, { durationMs }) => left - durationMs, durationMs));
}

/** The tries by other providers as rows: how many tries and how long before the end of the last one. */
function earlierOf({ earlier, durationMs }: EndedDelivery): string | null {
  if (earlier.length === 0) return null;
  let begunMs = durationMs;
  const rows = earlier.map(({ provider, error: { type, code, message }, durationMs }, index) => {
    const begun_ms = begunMs;
    begunMs -= durationMs;
    const back = earlier.length - index;
    return { back, provider, type, code, message, begun_ms, ended_ms: begunMs };
  });
  return JSON.stringify(rows);
}
