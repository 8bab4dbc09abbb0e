import type { Caller } from "../access/access.ts";
import { estimateCalls } from "../ai_usage/estimate.ts";
import type { Money } from "../money.ts";
import { activePrompt } from "../prompts/active.ts";
import type { Services } from "../services.ts";
import { readSelectionInput, type StartLearningInput } from "./input.ts";
import { BATCH_SIZE } from "./learning_run.ts";
import { countSelection } from "./selection.ts";

/** Size and cost of a run that is not started. */
export interface LearningEstimate {
  /** Number of chosen mails. */
  readonly emailCount: number;
  /** Number of chosen mails that would be skipped. */
  readonly skippedCount: number;
  /** Null: the model has no price, or no mail was learned yet. */
  readonly cost: Money | null;
}

/**
 * Counts the mails of a selection, and estimates the cost from the token counts of the newest calls with the prompt.
 *
 * @throws as `startEmailLearning`
 */
export async function estimateLearning(
  services: Services,
  { organizationId }: Caller,
  input: StartLearningInput,
): Promise<LearningEstimate> {
  const selection = await readSelectionInput(services.db, organizationId, input);
  const prompt = await activePrompt(services, organizationId, "learning");
  const scope = {
    organizationId,
    selection,
    relearn: input.relearn,
    promptId: prompt.id,
    runId: null,
  };
  const { total, skipped } = await countSelection(services.db, scope, null);
  const calls = Math.ceil((total - skipped) / BATCH_SIZE);
  const cost = await estimateCalls(services, organizationId, "LEARNING", calls);
  return { emailCount: total, skippedCount: skipped, cost };
}
