import { type Connection, statement } from "../../src/db/database.ts";
import { type NewCall, reserveCall } from "../../src/domain/ai_usage/reserve.ts";
import type { SettledCall } from "../../src/domain/ai_usage/settle.ts";
import type { Money } from "../../src/domain/money.ts";
import type { Services } from "../../src/domain/services.ts";

/** Model of the calls of these tests: 0.4 USD per million input tokens, 0.1 cached, 1.6 output. */
export const MODEL = "gpt-4.1-mini";

/** An amount in USD. */
export function usd(amount: string): Money {
  return { amount, currency: "USD" };
}

/** A call of up to 1,000 input and 1,000 output tokens: at most 2,000 millionths of a USD. */
export function newCall(organizationId: string, fields: Partial<NewCall> = {}): NewCall {
  return {
    organizationId,
    jobId: null,
    subject: null,
    kind: "QUOTE",
    model: MODEL,
    promptId: null,
    upperBound: { inputTokens: 1_000, outputTokens: 1_000 },
    ...fields,
  };
}

/** Result of a call that used these tokens. */
export function answered(inputTokens: number, outputTokens: number): SettledCall {
  return {
    outcome: "SUCCEEDED",
    usage: { inputTokens, outputTokens, cachedInputTokens: 0, reasoningTokens: 0 },
    firstTokenMs: 20,
    durationMs: 50,
    error: null,
  };
}

/** Reserves a call that must not be refused, and returns its id. */
export async function reserve(services: Services, call: NewCall): Promise<string> {
  const reservation = await reserveCall(services, call);
  if (reservation.type === "refused") throw new Error(`Refused: ${reservation.reason}`);
  return reservation.callId;
}

const SUMS = statement<
  [organizationId: string],
  { spent: number; reserved: number; paused: boolean }
>(
  "test.budgetSums",
  `select spent_micros as spent, reserved_micros as reserved, paused_until is not null as paused
   from ai_budgets where organization_id = $1`,
);

/** Sums of the budget of an organization, in millionths of a USD. */
export async function budgetSums(
  db: Connection,
  organizationId: string,
): Promise<{ spent: number; reserved: number; paused: boolean }> {
  const [sums] = await db.run(SUMS, organizationId);
  if (!sums) throw new Error("There is no budget");
  return sums;
}

const AGE = statement<[id: string, interval: string]>(
  "test.ageCall",
  "update ai_calls set started_at = started_at - $2::text::interval where id = $1",
);

/** Moves the start of a call into the past. */
export async function ageCall(db: Connection, id: string, interval: string): Promise<void> {
  await db.run(AGE, id, interval);
}

const END_DAY = statement<[organizationId: string]>(
  "test.endDay",
  `with calls as (
     update ai_calls set budget_day = budget_day - interval '1 day',
       started_at = started_at - interval '1 day'
     where organization_id = $1
   )
   update ai_budgets set day_start = day_start - interval '1 day', day_end = day_end - interval '1 day',
     paused_until = paused_until - interval '1 day'
   where organization_id = $1`,
);

/** Makes the day of a budget yesterday. */
export async function endDay(db: Connection, organizationId: string): Promise<void> {
  await db.run(END_DAY, organizationId);
}
