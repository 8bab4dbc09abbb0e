import type { PastInputsByPrompt } from "../prompts/past_inputs.ts";

/** Past inputs of the prompts of this program. */
export const PAST_INPUTS: PastInputsByPrompt = {};
