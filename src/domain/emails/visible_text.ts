// @ts-types="@types/html-to-text"
import { compile } from "html-to-text";
import { visibleHtmlOf } from "./visible_html.ts";

const HEADINGS = ["h1", "h2", "h3", "h4", "h5", "h6"].map((selector) => ({
  selector,
  options: { uppercase: false },
}));

const convert = compile({
  wordwrap: false,
  selectors: [
    ...HEADINGS,
    { selector: "a", options: { hideLinkHrefIfSameAsText: true, noAnchorUrl: true } },
    { selector: "img", options: { linkBrackets: false } },
  ],
});

// Soft hyphens, zero-width spaces, joiners of words, marks of the byte order, and tags, which repeat ASCII invisibly.
const INVISIBLE =
  /[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
// Joiners belong to words of several scripts, and to pictures that consist of several ones.
const STRAY_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\ufe0f])[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{M}\p{Extended_Pictographic}])/gu;

/**
 * Returns the text of an HTML page that its reader sees, with the whole address of each link behind its text:
 * `invoice [https://example.com/4711]`.
 */
export function visibleTextOf(html: string): string {
  return withoutInvisible(convert(visibleHtmlOf(html))).trim();
}

/** Removes characters that have no width, in which a text can be hidden from its reader. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, "").replaceAll(STRAY_JOINER, "");
}
