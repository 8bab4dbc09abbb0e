import type { ParsedMail } from "./mail.ts";
import { visibleTextOf, withoutInvisible } from "./visible_text.ts";

// Reading the text of HTML blocks the event loop: this length takes half a second.
const MAX_LENGTH = 1_000_000;

/**
 * Returns the text of a mail, or else the visible text of its HTML. Both are read up to a million characters, and
 * longer HTML is not kept.
 *
 * @param text text parts; absent or empty: none
 * @param html HTML parts; absent or empty: none
 */
export function contentOf(
  text: string | null | undefined,
  html: string | null | undefined,
): Pick<ParsedMail, "text" | "html"> {
  const visible = text
    ? withoutInvisible(text.slice(0, MAX_LENGTH))
    : visibleTextOf((html ?? "").slice(0, MAX_LENGTH)).slice(0, MAX_LENGTH);
  return { text: visible, html: html && html.length <= MAX_LENGTH ? html : null };
}
