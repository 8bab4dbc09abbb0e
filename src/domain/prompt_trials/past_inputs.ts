import { pastReplies } from "../inbox/past_replies.ts";
import type { PromptName } from "../prompts/code_prompts.ts";
import type { PastInputs, PastInputsByPrompt } from "../prompts/past_inputs.ts";
import { pastQuotes } from "../quotes/past_quotes.ts";

/** Past inputs of the prompts of this program. */
export const PAST_INPUTS: PastInputsByPrompt = {
  quote: pastQuotes,
  reply: pastReplies,
} satisfies Readonly<Partial<Record<PromptName, PastInputs>>>;
