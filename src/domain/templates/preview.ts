import { invalid, InvalidInputError } from "../errors.ts";
import { issuesOfValues, type RecipientInput, type Variables } from "../recipients.ts";
import { checkContent } from "./content_check.ts";
import {
  type Content,
  render,
  type RenderedContent,
  requiredVariables,
  SAMPLE_UNSUBSCRIBE_URL,
  TemplateError,
  UNSUBSCRIBE_URL,
  variableNames,
} from "./template.ts";

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
export function previewContent({ content, recipient, variables }: PreviewInput): ContentPreview {
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
  const compiled = checkContent(content);
  const values: Variables = {
    [UNSUBSCRIBE_URL]: SAMPLE_UNSUBSCRIBE_URL,
    ...(variables ?? recipient?.variables),
    ...(recipient && { address: recipient.address, name: recipient.name ?? "" }),
  };
  const names = variableNames(compiled);
  const hasValue = (name: string) => Object.hasOwn(values, name);
  const required = new Set([
    ...requiredVariables(compiled).map(({ name }) => name),
    "name",
    "address",
  ]);
  const missing = names.filter((name) => required.has(name) && !hasValue(name));
  const placeholders = Object.fromEntries(missing.map((name) => [name, `{{ ${name} }}`]));
  const scope = { ...values, ...placeholders };
  try {
    const rendered = render(compiled, {
      address: String(scope.address ?? ""),
      name: String(scope.name ?? ""),
      variables: scope,
    });
    return { ...rendered, variables: names.map((name) => ({ name, known: hasValue(name) })) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw invalid(["content", error.part], "TEMPLATE", error.message);
  }
}
