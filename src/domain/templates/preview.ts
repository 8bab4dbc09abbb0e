import type { Caller } from "../access/access.ts";
import { invalid, InvalidInputError } from "../errors.ts";
import { type Content, type RenderedContent, TemplateError } from "../rendering.ts";
import { issuesOfValues, type RecipientInput, type Variables } from "../recipients.ts";
import type { Services } from "../services.ts";
import { checkContent } from "./content_check.ts";
import { renderingOf } from "./main_thread.ts";
import { SAMPLE_UNSUBSCRIBE_URL, UNSUBSCRIBE_URL } from "./unsubscribe_url.ts";

/** Input of `previewContent`. */
export interface PreviewInput {
  readonly content: Content;
  /** Not together with `variables`. */
  readonly recipient?: RecipientInput | null;
  readonly variables?: Variables | null;
}

/** Content rendered for one recipient. */
export interface ContentPreview extends RenderedContent {
  /** All variables that the templates name, and whether the input has a value for each. */
  readonly variables: readonly { readonly name: string; readonly known: boolean }[];
}

/**
 * Renders a content for one recipient; nothing is sent or stored. A required variable that the input
 * lacks is rendered as `{{ name }}`, and the unsubscribe link is a sample.
 *
 * @throws {InvalidInputError} for a content or values that `sendMessage` would refuse, a content that
 *   cannot be rendered with these variables, and for a recipient together with variables
 */
export async function previewContent(
  services: Pick<Services, "rendering">,
  caller: Pick<Caller, "organizationId">,
  { content, recipient, variables }: PreviewInput,
): Promise<ContentPreview> {
  if (recipient && variables) {
    const message = "must not be given together with a recipient, which has its own variables";
    throw invalid(["variables"], "EXCLUSIVE", message);
  }
  const issues = [
    ...issuesOfValues(variables ?? {}, ["variables"]),
    ...issuesOfValues(recipient?.variables ?? {}, ["recipient", "variables"]),
  ];
  for (const name of ["name", "address"]) {
    if (typeof (variables?.[name] ?? "") !== "object") continue;
    issues.push({ path: ["variables", name], code: "MALFORMED", message: "must be text" });
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
  const { names, required: requiredVariables } = await checkContent(services, caller, content);
  const values: Variables = {
    [UNSUBSCRIBE_URL]: SAMPLE_UNSUBSCRIBE_URL,
    ...(variables ?? recipient?.variables),
    ...(recipient && { address: recipient.address, name: recipient.name ?? "" }),
  };
  const hasValue = (name: string) => Object.hasOwn(values, name);
  const required = new Set([
    ...requiredVariables.map(({ name }) => name),
    "name",
    "address",
  ]);
  const missing = names.filter((name) => required.has(name) && !hasValue(name));
  const placeholders = Object.fromEntries(missing.map((name) => [name, `{{ ${name} }}`]));
  const scope = { ...values, ...placeholders };
  try {
    const { organizationId } = caller;
    const rendered = await renderingOf(services).render({ organizationId }, content, {
      address: String(scope.address ?? ""),
      name: String(scope.name ?? ""),
      variables: scope,
    });
    return { ...rendered, variables: names.map((name) => ({ name, known: hasValue(name) })) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    const path = error.part === null ? ["content"] : ["content", error.part];
    throw invalid(path, "TEMPLATE", error.message);
  }
}
