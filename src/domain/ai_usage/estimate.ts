import { statement } from "../../db/database.ts";
import { type Money, moneyOf } from "../money.ts";
import type { Services } from "../services.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { AI_CURRENCY, type AiCallKind } from "./call.ts";
import { typicalCall } from "./typical_call.ts";

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
 * Estimates the cost of calls at the current price.
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

/**
 * Estimates the cost of calls of one kind with the configured model, from the token counts of the newest ones.
 *
 * @returns null if there was no such call, or the model has no price
 */
export async function estimateCalls(
  services: Services,
  organizationId: string,
  kind: AiCallKind,
  calls: number,
): Promise<Money | null> {
  const typical = await typicalCall(services, organizationId, kind);
  if (!typical) return null;
  return await estimateCost(services, {
    ...typical,
    model: services.model ?? typical.model,
    calls,
  });
}

const MAX_CALLS = 1_000_000;

/**
 * Estimates the cost of calls for a caller, as `estimateCalls`.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} path `callCount`, if it is not from 1 to 1,000,000
 */
export async function estimateFor(
  services: Services,
  caller: Caller,
  kind: AiCallKind,
  callCount: number,
): Promise<Money | null> {
  requireAdmin(caller, "estimate the cost of calls of the language model");
  if (callCount < 1 || callCount > MAX_CALLS) {
    const message = `must be from 1 to ${MAX_CALLS}, got ${callCount}`;
    throw invalid(["callCount"], "OUT_OF_RANGE", message);
  }
  return await estimateCalls(services, caller.organizationId, kind, callCount);
}
