import { getLogger } from "@logtape/logtape";
import type { ModelUsage } from "../../ai/model.ts";
import type { ModelError } from "../../ai/openai_failure.ts";
import { statement } from "../../db/database.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import type { Services } from "../services.ts";
import { type AiCallOutcome, usdOf } from "./call.ts";

/** Result of a call. */
export interface SettledCall {
  readonly outcome: AiCallOutcome;
  /** Null: the server sent none. */
  readonly usage: ModelUsage | null;
  /** Time to the first token, in milliseconds; null if none arrived. */
  readonly firstTokenMs: number | null;
  /** Null: unknown, because the process died. */
  readonly durationMs: number | null;
  readonly error: Pick<ModelError, "code" | "message"> & { readonly type: string } | null;
}

const log = getLogger(["waybill", "ai"]);

// A failed call whose answer did not begin costs nothing; the cost of any other call without usage is unknown.
const COST = `case
  when $3::int is not null then ai_cost_micros(c.model, c.started_at, $3, $4::int, $5::int)
  when $2 = 'FAILED' and $7::int is null then ai_cost_micros(c.model, c.started_at, 0, 0, 0) end`;

// The warning is crossed at most once per limit, because the sum of a day only grows.
const SETTLE = statement<
  [
    id: string,
    outcome: AiCallOutcome,
    inputTokens: number | null,
    cachedInputTokens: number | null,
    outputTokens: number | null,
    reasoningTokens: number | null,
    firstTokenMs: number | null,
    durationMs: number | null,
    errorType: string | null,
    errorCode: string | null,
    errorMessage: string | null,
  ],
  { organizationId: string; costMicros: number | null }
>(
  "aiCalls.settle",
  `with ended as (
     update ai_calls c set outcome = $2, input_tokens = $3, cached_input_tokens = $4,
       output_tokens = $5, reasoning_tokens = $6, first_token_ms = $7, duration_ms = $8,
       error_type = $9, error_code = $10, error_message = $11, cost_micros = ${COST}
     where id = $1 and outcome is null
     returning organization_id, budget_day, reserved_micros, cost_micros,
       coalesce(cost_micros, reserved_micros, 0) as charge
   ),
   budget as (
     update ai_budgets b set spent_micros = b.spent_micros + e.charge,
       reserved_micros = b.reserved_micros - coalesce(e.reserved_micros, 0)
     from ended e where b.organization_id = e.organization_id and b.day_start = e.budget_day
     returning b.*, e.charge
   ),
   warned as (${
    insertEventsFrom(`select organization_id, null as user_id, 'BUDGET_WARNING' as event,
       organization_id as subject_id, 'AI' as name,
       format('%s of %s USD are spent', ${usdOf("spent_micros")}, ${
      usdOf("per_day_micros")
    }) as detail
     from budget where spent_micros >= per_day_micros * warn_at_fraction
       and spent_micros - charge < per_day_micros * warn_at_fraction`)
  })
   select organization_id as "organizationId", cost_micros as "costMicros" from ended`,
);

/**
 * Records the result of a reserved call and replaces its reservation by its cost. A call whose cost is unknown counts
 * in the budget with its upper bound. A call that was settled or swept before is not changed.
 *
 * @returns cost in millionths of a USD; null: unknown
 */
export async function settleCall(
  { db, bus }: Services,
  callId: string,
  { outcome, usage, firstTokenMs, durationMs, error }: SettledCall,
): Promise<{ readonly costMicros: bigint | null }> {
  const [call] = await db.run(
    SETTLE,
    callId,
    outcome,
    usage?.inputTokens ?? null,
    usage?.cachedInputTokens ?? null,
    usage?.outputTokens ?? null,
    usage?.reasoningTokens ?? null,
    firstTokenMs === null ? null : Math.round(firstTokenMs),
    durationMs === null ? null : Math.round(durationMs),
    error?.type ?? null,
    error?.code ?? null,
    error?.message ?? null,
  );
  if (!call) {
    log.warn("Call {callId} of the model was settled before: outcome {outcome} is not recorded", {
      callId,
      outcome,
    });
    return { costMicros: null };
  }
  bus.publish("aiUsage", call.organizationId, [callId]);
  return { costMicros: call.costMicros === null ? null : BigInt(call.costMicros) };
}
