import { reserveCall } from "../../src/domain/ai_usage/reserve.ts";
import { settleCall } from "../../src/domain/ai_usage/settle.ts";
import type { Services } from "../../src/domain/services.ts";
import { ageCall, answered, MODEL, newCall, reserve } from "../support/ai_usage.ts";
import { inDatabase } from "./stopped_program.ts";

/**
 * Inserts calls of the language model over the last 20 days: 6 a day that succeed, one a day of a model without a
 * price, and two that failed today.
 *
 * @param dataDir DATA_DIR of a program that does not run
 */
export function insertAiCalls(dataDir: string): Promise<void> {
  return inDatabase(dataDir, insertCalls);
}

/**
 * Reserves a call that exceeds the budget, so that it is paused.
 *
 * @param dataDir DATA_DIR of a program that does not run
 */
export function refuseAiCall(dataDir: string): Promise<void> {
  return inDatabase(dataDir, async (services, organizationId) => {
    const upperBound = { inputTokens: 200_000_000, outputTokens: 0 };
    await reserveCall(services, newCall(organizationId, { upperBound }));
  });
}

async function insertCalls(services: Services, organizationId: string): Promise<void> {
  const make = async (
    daysAgo: number,
    fields: Parameters<typeof newCall>[1],
    result = answered(
      2_400,
      900 + 37 * daysAgo,
    ),
  ) => {
    const call = await reserve(services, newCall(organizationId, fields));
    await settleCall(services, call, result);
    await ageCall(services.db, call, `${daysAgo} days`);
  };
  for (let day = 0; day < 20; day++) {
    for (const kind of ["QUOTE", "QUOTE", "QUOTE", "REPLY", "LEARNING"] as const) {
      await make(day, { kind });
    }
    await make(day, { kind: "PROMPT_TRIAL", model: "gpt-4.1" });
    await make(day, { kind: "REPLY", model: "llama3.2" });
  }
  const error = { type: "RATE_LIMIT", code: "429", message: "Rate limit reached for requests" };
  const failed = { usage: null, firstTokenMs: null, durationMs: 120, error } as const;
  await make(0, { kind: "QUOTE" }, { outcome: "FAILED", ...failed });
  await make(0, { kind: "QUOTE", model: MODEL }, { outcome: "TIMED_OUT", ...failed });
}
