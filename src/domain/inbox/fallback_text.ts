import { readOrganization } from "../access/organizations.ts";
import { TemplateError } from "../rendering.ts";
import type { Services } from "../services.ts";
import { builtInTemplate } from "../templates/built_in.ts";
import { renderingOf } from "../templates/main_thread.ts";
import fallbackText from "./files/fallback.text.liquid" with { type: "text" };

/** Name of the template of fallbacks, which the ADMINs of an organization can change. */
export const FALLBACK_TEMPLATE = "reply_fallback";

const DEFAULT = { subject: "Re: {{ subject }}", text: fallbackText };

/** The mail that a fallback answers. */
export interface AnsweredMail {
  readonly organizationId: string;
  /** Null: not known. */
  readonly name: string | null;
  readonly address: string;
  readonly subject: string;
}

/**
 * Renders the fallback template for a mail. If the template of the organization cannot be rendered, the built-in one is
 * used.
 */
export async function fallbackTextFor(
  services: Services,
  { organizationId, name, address, subject }: AnsweredMail,
): Promise<string> {
  const organization = await readOrganization(services, organizationId);
  const variables = { name: name ?? "", subject, organization: organization.name };
  const render = async (content: { readonly subject: string; readonly text?: string | null }) => {
    const values = { address, name: name ?? "", variables };
    const { text } = await renderingOf(services).render({ organizationId }, content, values);
    return (text ?? "").trim();
  };
  const { text } = await builtInTemplate(services, organizationId, FALLBACK_TEMPLATE, DEFAULT);
  try {
    const rendered = await render({ subject: DEFAULT.subject, text });
    if (rendered !== "") return rendered;
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
  }
  return await render(DEFAULT);
}
