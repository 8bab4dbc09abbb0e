import { readOrganization } from "../access/organizations.ts";
import { asData } from "../prompts/data.ts";
import type { PromptRequest } from "../prompts/past_inputs.ts";
import type { PromptVersion } from "../prompts/prompt.ts";
import { renderPrompt } from "../prompts/render.ts";
import type { Services } from "../services.ts";
import { type EstimateAnswer, estimateAnswer, faultsOfEstimate } from "./answer.ts";
import { imagesOf } from "./images.ts";
import type { Quote } from "./quote.ts";

const MAX_OUTPUT_TOKENS = 16_000;

/**
 * Builds the request to the model for the estimate of a quote.
 *
 * @param prompt version of the prompt `quote`
 * @throws {JobFailure} PROMPT, as `renderPrompt`
 */
export async function estimateRequest(
  services: Services,
  quote: Pick<Quote, "id" | "organizationId" | "customerName" | "request">,
  prompt: PromptVersion<"quote">,
): Promise<PromptRequest<EstimateAnswer>> {
  const { name, timezone } = await readOrganization(services, quote.organizationId);
  const instructions = await renderPrompt(services, prompt, {
    organization: name,
    today: new Date().toLocaleDateString("sv", { timeZone: timezone }),
  });
  return {
    instructions,
    input: [
      { type: "text", text: asData(`Customer: ${quote.customerName}\n\n${quote.request}`) },
      ...await imagesOf(services, quote),
    ],
    answer: estimateAnswer,
    faultsOf: faultsOfEstimate,
    maxOutputTokens: MAX_OUTPUT_TOKENS,
  };
}
