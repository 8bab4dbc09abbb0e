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

// Soft hyphens, zero-width spaces, word joiners, byte order marks, and tag characters, which encode ASCII invisibly.
const INVISIBLE =
  /[\u00ad\u034f\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u206f\ufeff\u{e0000}-\u{e007f}]/gu;
// Joiners are part of words in several scripts, and of composed emoji.
const STRAY_JOINER =
  /(?<![\p{L}\p{M}\p{Extended_Pictographic}\ufe0f])[\u200c\u200d]+|[\u200c\u200d]+(?![\p{L}\p{M}\p{Extended_Pictographic}])/gu;

/**
 * Returns the visible text of an HTML page, with the full address of each link after its text: `invoice
 * [https://example.com/4711]`.
 */
export function visibleTextOf(html: string): string {
  return withoutInvisible(convert(visibleHtmlOf(html))).trim();
}

/** Removes zero-width characters, in which text can be hidden from the reader. */
export function withoutInvisible(text: string): string {
  return text.replaceAll(INVISIBLE, "").replaceAll(STRAY_JOINER, "");
}
