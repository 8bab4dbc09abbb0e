import { invalid } from "../errors.ts";
import type { RecipientInput, Variables } from "../recipients.ts";
import { checkContent, SAMPLE_UNSUBSCRIBE_URL, UNSUBSCRIBE_URL } from "./content_check.ts";
import {
  type Content,
  namesIn,
  render,
  type RenderedContent,
  TemplateError,
  variablesOf,
} from "../templates/template.ts";

/** What `previewContent` takes. */
export interface PreviewInput {
  readonly content: Content;
  /** One of the two, or none. */
  readonly recipient?: RecipientInput | null;
  readonly variables?: Variables | null;
}

/** A content as one recipient would get it. */
export interface ContentPreview extends RenderedContent {
  /** All that the templates name. */
  readonly variables: readonly { readonly name: string; readonly known: boolean }[];
}

/**
 * Renders a content for one recipient; nothing is sent or written. Where the recipient lacks a variable
 * that sending could not do without, its name stands in the text as `{{ name }}`;
 * the link to unsubscribe is a sample.
 *
 * @throws {InvalidInputError} for a content that `sendMessage` would refuse, or that fails for this one
 */
export function previewContent({ content, recipient, variables }: PreviewInput): ContentPreview {
  if (recipient && variables) {
    throw invalid(
      ["variables"],
      "EXCLUSIVE",
      "cannot be given beside a recipient, who has its own",
    );
  }
  const compiled = checkContent(content);
  const given: Variables = {
    [UNSUBSCRIBE_URL]: SAMPLE_UNSUBSCRIBE_URL,
    ...(variables ?? recipient?.variables),
    ...(recipient && { address: recipient.address, name: recipient.name ?? "" }),
  };
  const names = namesIn(compiled);
  const known = (name: string) => Object.hasOwn(given, name);
  const needed = new Set([...variablesOf(compiled).map(({ name }) => name), "name", "address"]);
  const holes = names.filter((name) => needed.has(name) && !known(name));
  const scope = { ...given, ...Object.fromEntries(holes.map((name) => [name, `{{ ${name} }}`])) };
  try {
    const rendered = render(compiled, {
      address: String(scope.address ?? ""),
      name: String(scope.name ?? ""),
      variables: scope,
    });
    return { ...rendered, variables: names.map((name) => ({ name, known: known(name) })) };
  } catch (error) {
    if (!(error instanceof TemplateError)) throw error;
    throw invalid(["content", error.part], "TEMPLATE", error.message);
  }
}
