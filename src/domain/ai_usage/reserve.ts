import { statement } from "../../db/database.ts";
import { newId, type Noun, toTypeId } from "../id.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import type { Services } from "../services.ts";
import { type AiCallKind, usdOf } from "./call.ts";

/** A call that is about to be made. */
export interface NewCall {
  readonly organizationId: string;
  /** Null: no job makes the call. */
  readonly jobId: string | null;
  /** Object that the call is about; null: none. */
  readonly subject: { readonly type: Noun; readonly id: string } | null;
  readonly kind: AiCallKind;
  /** Model as it is requested. */
  readonly model: string;
  /** Version of the prompt; null: none. */
  readonly promptId: string | null;
  /** Upper bounds of the numbers of tokens. */
  readonly upperBound: { readonly inputTokens: number; readonly outputTokens: number };
}

/**
 * Result of a reservation. A reserved call must be settled. A refused call must not be made: before `until`, if the
 * budget is used up or reserved by other calls; never, if the model has no price, because its cost cannot be bounded.
 */
export type Reservation =
  | { readonly type: "reserved"; readonly callId: string }
  | { readonly type: "refused"; readonly reason: "BUDGET"; readonly until: Date }
  | { readonly type: "refused"; readonly reason: "PRICE_UNKNOWN" };

const IN_DAY = "now() < b.day_end";

// The row lock of the budget serializes the calls of its organization, so that each condition sees the reservation of
// the previous call. Without a budget, calls only insert.
const RESERVE = statement<
  [
    id: string,
    organizationId: string,
    jobId: string | null,
    subject: string | null,
    kind: string,
    model: string,
    promptId: string | null,
    inputTokens: number,
    outputTokens: number,
  ],
  { reserved: boolean; priced: boolean }
>(
  "aiCalls.reserve",
  `with bound as materialized (select ai_cost_micros($6, now(), $8, 0, $9) as micros),
   today as materialized (
     select date_trunc('day', now(), zone) as starts,
       (date_trunc('day', now() at time zone zone) + interval '1 day') at time zone zone as ends
     from (select coalesce(b.timezone, o.timezone) as zone
       from ai_budgets b join organizations o on o.id = b.organization_id
       where b.organization_id = $2) z
   ),
   budget as (
     update ai_budgets b set
       day_start = case when ${IN_DAY} then b.day_start else today.starts end,
       day_end = case when ${IN_DAY} then b.day_end else today.ends end,
       spent_micros = case when ${IN_DAY} then b.spent_micros else 0 end,
       reserved_micros = case when ${IN_DAY} then b.reserved_micros else 0 end
         + coalesce(bound.micros, 0)
     from bound, today
     where b.organization_id = $2 and (b.per_day_micros is null or b.per_day_micros >= bound.micros
       + case when ${IN_DAY} then b.spent_micros + b.reserved_micros else 0 end)
     returning b.day_start
   ),
   call as (
     insert into ai_calls (id, organization_id, job_id, subject, kind, model, prompt_id,
       reserved_micros, budget_day)
     select $1, $2, $3::uuid, $4, $5, $6, $7, micros, (select day_start from budget) from bound
     where exists (select from budget)
       or not exists (select from ai_budgets where organization_id = $2)
     returning id
   )
   select exists (select from call) as reserved, micros is not null as priced from bound`,
);

// Jitter, so that waiting jobs do not all retry at the same time.
const RETRY_RESERVED = "(5 + 10 * random()) * interval '1 second'";

// A call that exceeds the budget only because of running calls may fit once these are settled.
const REFUSE = statement<
  [organizationId: string, model: string, inputTokens: number, outputTokens: number],
  { until: Date; paused: boolean }
>(
  "aiBudgets.refuse",
  `with state as materialized (
     select *, spent_micros + bound > per_day_micros as used_up, now() + ${RETRY_RESERVED} as soon
     from ai_budgets, ai_cost_micros($2, now(), $3, 0, $4) as bound where organization_id = $1
   ),
   paused as (
     update ai_budgets b set paused_until = b.day_end from state s
     where b.organization_id = s.organization_id and s.used_up
       and b.paused_until is distinct from b.day_end
     returning b.organization_id, s.bound, s.per_day_micros, s.spent_micros
   ),
   notified as (${
    insertEventsFrom(`select organization_id, null as user_id, 'BUDGET_USED_UP' as event,
       organization_id as subject_id, 'AI' as name,
       format('%s of %s USD are spent, and a request may cost up to %s USD',
         ${usdOf("spent_micros")}, ${usdOf("per_day_micros")}, ${usdOf("bound")}) as detail
     from paused`)
  })
   select case when used_up then greatest(day_end, soon) else soon end as until, exists (select from paused) as paused
   from state`,
);

/**
 * Records a call and reserves the upper bound of its cost in the budget of the organization, so that calls that run
 * at the same time cannot exceed it. Call `settleCall` when the call has ended.
 */
export async function reserveCall(services: Services, call: NewCall): Promise<Reservation> {
  const { organizationId, subject, model, upperBound: { inputTokens, outputTokens } } = call;
  const callId = newId();
  const [row] = await services.db.run(
    RESERVE,
    callId,
    organizationId,
    call.jobId,
    subject && toTypeId(subject.type, subject.id),
    call.kind,
    model,
    call.promptId,
    inputTokens,
    outputTokens,
  );
  if (row?.reserved) return { type: "reserved", callId };
  if (!row?.priced) return { type: "refused", reason: "PRICE_UNKNOWN" };
  const [refusal] = await services.db.run(
    REFUSE,
    organizationId,
    model,
    inputTokens,
    outputTokens,
  );
  if (!refusal) throw new Error(`Cannot reserve a call: organization ${organizationId} is gone`);
  if (refusal.paused) services.bus.publish("aiUsage", organizationId, [callId]);
  return { type: "refused", reason: "BUDGET", until: refusal.until };
}
