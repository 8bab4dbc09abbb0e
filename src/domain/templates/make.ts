import { invalid, InvalidInputError } from "../errors.ts";
import type { ContentSource } from "../rendering.ts";
import type { RendererResult } from "./renderer.ts";

/** Characters of the HTML that MJML is compiled to. */
const MAX_HTML = 1_000_000;

/**
 * Builds a content on the calling thread: compiles MJML, and generates a missing text from the HTML. The packages for
 * both are loaded at the first use.
 */
export async function makeContent(source: ContentSource): Promise<RendererResult> {
  const { subject, mjml } = source;
  try {
    const html = mjml == null ? source.html ?? null : await compile(mjml);
    const made = source.text == null && html !== null ? await textOf(html) : null;
    const content = { subject, text: source.text ?? made, html };
    return { type: "made", made: { content, textMade: made !== null } };
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    return { type: "invalid", issues: error.issues };
  }
}

async function compile(mjml: string): Promise<string> {
  const { compileMjml } = await import("./mjml.ts");
  const html = await compileMjml(mjml);
  if (html.length <= MAX_HTML) return html;
  const limit = MAX_HTML.toLocaleString("en");
  throw invalid(
    ["content", "html"],
    "TOO_LONG",
    `compiles to more than ${limit} characters of HTML`,
  );
}

/** Returns null for HTML without any text. */
async function textOf(html: string): Promise<string | null> {
  const { textOfHtml } = await import("./plain_text.ts");
  return textOfHtml(html) || null;
}
