import { z } from "zod";
import { type Caller, requireAdmin } from "../access/access.ts";
import { estimateCalls } from "../ai_usage/estimate.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import type { Money } from "../money.ts";
import { getPrompt } from "../prompts/find.ts";
import type { PastInput, PastInputs, PastInputsByPrompt } from "../prompts/past_inputs.ts";
import type { PromptVersion } from "../prompts/prompt.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { PAST_INPUTS } from "./past_inputs.ts";

/** Version of a prompt, and the number of past inputs to try it on. */
export interface TrialInput {
  readonly promptId: string;
  /** 1 to 100; the newest are used. */
  readonly sampleSize: number;
}

/** Size and cost of a trial before it is started. */
export interface TrialEstimate {
  /** Number of past inputs, if there are fewer than asked for. */
  readonly sampleCount: number;
  /** Null: the model has no price, or there is no past call. */
  readonly cost: Money | null;
}

/** A trial that can be started. */
export interface PreparedTrial extends TrialEstimate {
  readonly prompt: PromptVersion;
  readonly inputs: PastInputs;
  readonly samples: readonly PastInput[];
}

const inputSchema = z.object({
  sampleSize: z.number().int("is not a whole number").min(1, "is below 1").max(100, "is above 100"),
});

/**
 * Finds the past inputs of a trial, and estimates its cost by the newest calls with the prompt.
 *
 * @param sources past inputs by the name of their prompt
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for a sample size out of range
 * @throws {NotFoundError} for an unknown version
 * @throws {ConflictError} NOT_STARTABLE if there is no past input
 */
export async function prepareTrial(
  services: Services,
  caller: Caller,
  { promptId, sampleSize }: TrialInput,
  sources: PastInputsByPrompt = PAST_INPUTS,
): Promise<PreparedTrial> {
  requireAdmin(caller, "try prompts");
  const issues = issuesOf(inputSchema.safeParse({ sampleSize }));
  if (issues.length > 0) throw new InvalidInputError(issues);
  const prompt = await getPrompt(services, caller, promptId);
  const { name, organizationId } = prompt;
  const inputs = sources[name];
  const samples = await inputs?.newest(services, organizationId, sampleSize) ?? [];
  if (!inputs || samples.length === 0) {
    const reason = `Cannot try the prompt ${name}: there is no earlier result to compare with`;
    throw new ConflictError("NOT_STARTABLE", reason);
  }
  const cost = await estimateCalls(services, organizationId, inputs.kind, samples.length);
  return { prompt, inputs, samples, sampleCount: samples.length, cost };
}
