import { readOrganization } from "../access/organizations.ts";
import { asData } from "../prompts/data.ts";
import type { PromptRequest } from "../prompts/past_inputs.ts";
import type { PromptVersion } from "../prompts/prompt.ts";
import { renderPrompt } from "../prompts/render.ts";
import type { Services } from "../services.ts";
import { gatherGround, type Ground, type GroundSource } from "./ground.ts";
import { faultsOfReply, type ReplyAnswer, replyAnswer } from "./reply_answer.ts";
import type { Suggestion } from "./suggestion.ts";

const MAX_OUTPUT_TOKENS = 8_000;

/** Request to the model for a reply, and its sources. */
export interface ReplyRequest extends PromptRequest<ReplyAnswer> {
  /** In the order of their numbers, which begin with 1. */
  readonly sources: readonly GroundSource[];
}

/**
 * Builds the request to the model for a suggestion.
 *
 * @param prompt version of the prompt `reply`
 * @returns null if the mail is deleted
 * @throws {JobFailure} PROMPT, as `renderPrompt`
 */
export async function replyRequest(
  services: Services,
  suggestion: Pick<Suggestion, "organizationId" | "threadId" | "emailId" | "instruction">,
  prompt: PromptVersion<"reply">,
): Promise<ReplyRequest | null> {
  const ground = await gatherGround(services, suggestion);
  if (ground.sources.length === 0) return null;
  const { name, timezone } = await readOrganization(services, suggestion.organizationId);
  const instructions = await renderPrompt(services, prompt, {
    organization: name,
    today: new Date().toLocaleDateString("sv", { timeZone: timezone }),
  });
  return {
    instructions,
    input: [{ type: "text", text: inputOf(ground, suggestion.instruction) }],
    answer: replyAnswer,
    faultsOf: faultsOfReply,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
    sources: ground.sources,
  };
}

/** Each source has its own delimiters, so that a text cannot imitate another source. */
function inputOf({ sources, style }: Ground, instruction: string | null): string {
  const parts = sources.map(({ heading, data }, index) =>
    `Source ${index + 1}: ${heading}\n${asData(data)}`
  );
  if (style) parts.push(`Style of the organization\n${asData(style)}`);
  // Without delimiters, because it comes from the caller and not from a customer.
  if (instruction) parts.push(`Instruction of staff for this draft: ${instruction}`);
  return parts.join("\n\n");
}
