import { toTypeId } from "../id.ts";
import { JobFailure } from "../jobs/outcome.ts";
import { TemplateError } from "../rendering.ts";
import type { Services } from "../services.ts";
import { renderingOf } from "../templates/main_thread.ts";
import { DATA_NOTICE, type PromptName, type PromptVariable } from "./code_prompts.ts";
import { NOTICE } from "./data.ts";
import type { PromptVersion } from "./prompt.ts";

/**
 * Renders a prompt to the instructions of a call. Text of customers must not be in the variables, but in the input of
 * the call, delimited by `asData`.
 *
 * @param variables values of all variables of the prompt but `data_notice`
 * @throws {JobFailure} PROMPT, not retryable, for a version that names a variable that this program does not set
 */
export async function renderPrompt<Name extends PromptName>(
  services: Pick<Services, "rendering">,
  { id, organizationId, name, version, text }: PromptVersion<Name>,
  variables: Readonly<Record<PromptVariable<Name>, string>>,
): Promise<string> {
  const values = { address: "", name: null, variables: { ...variables, [DATA_NOTICE]: NOTICE } };
  try {
    const rendering = renderingOf(services);
    const rendered = await rendering.render({ organizationId }, contentOf(text), values);
    return (rendered.text ?? "").trim();
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const reason = `Cannot render version ${version} of the prompt ${name} ` +
      `(${toTypeId("prompt", id)}): ${error.reason}`;
    throw new JobFailure("PROMPT", reason, { retryable: false, cause: error });
  }
}

/** Content for the rendering of templates, whose text is a prompt. */
export function contentOf(text: string): { readonly subject: string; readonly text: string } {
  return { subject: "", text };
}
