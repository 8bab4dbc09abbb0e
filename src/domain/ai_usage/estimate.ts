import { statement } from "../../db/database.ts";
import { type Money, moneyOf } from "../money.ts";
import type { Services } from "../services.ts";
import { AI_CURRENCY } from "./call.ts";

/** Expected tokens of calls of a model. */
export interface TokenEstimate {
  readonly model: string;
  /** Number of input tokens of one call. */
  readonly inputTokens: number;
  /** Number of output tokens of one call. */
  readonly outputTokens: number;
  /** Number of calls; absent: 1. */
  readonly calls?: number;
}

const ESTIMATE = statement<
  [model: string, inputTokens: number, outputTokens: number],
  { micros: number | null }
>("aiPrices.estimate", "select ai_cost_micros($1, now(), $2, 0, $3) as micros");

/**
 * Estimates the cost of calls at the present price, before many of them are started.
 *
 * @returns null if the model has no price
 */
export async function estimateCost(
  { db }: Services,
  { model, inputTokens, outputTokens, calls = 1 }: TokenEstimate,
): Promise<Money | null> {
  const [row] = await db.run(ESTIMATE, model, inputTokens, outputTokens);
  if (row?.micros == null) return null;
  return moneyOf(BigInt(row.micros) * BigInt(calls), AI_CURRENCY);
}
