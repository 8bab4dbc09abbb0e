const INVISIBLE = /[\0\u200b\u2060\ufeff]/g;
// Joiners and directional marks are part of some scripts, but not at the edges of a text.
const EDGE = /[\s\u200c-\u200f\u202a-\u202e\u2066-\u2069]/;
const UNUSUAL = /[\0\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]/;
const MARKS = ['"', "'", "="];
// A longer cell is no address, and the patterns of addresses would take long.
const MAX_ADDRESS_LENGTH = 1_000;
const QUOTED = /^"((?:[^"]|"")*)"$/;
const FORMULA_TEXT = /^="((?:[^"]|"")*)"$/;
// Text that an export protects from being read as a formula or a number.
const PROTECTED = /^'(?=[=+\-@]|\d+$)/;
const HYPERLINK = /^=HYPERLINK\(\s*"([^"]*)"/i;
const PLAIN_ADDRESS = /^[\w.+-]+@[\w.-]+$/;
const NAMED = /^(.*?)<([^<>]*)>[;,\s]*$/s;

/** Removes from a cell what is not content: blanks around it, invisible characters, quotes and formula marks. */
export function cleanCell(cell: string): string {
  const text = cell.trim();
  if (!MARKS.includes(text.charAt(0)) && !UNUSUAL.test(text)) return text;
  const visible = trimEdges(text.replace(INVISIBLE, ""));
  const [, quoted] = FORMULA_TEXT.exec(visible) ?? QUOTED.exec(visible) ?? [];
  return quoted === undefined
    ? visible.replace(PROTECTED, "")
    : quoted.replaceAll('""', '"').trim();
}

function trimEdges(text: string): string {
  let [start, end] = [0, text.length];
  while (start < end && EDGE.test(text.charAt(start))) start++;
  while (start < end && EDGE.test(text.charAt(end - 1))) end--;
  return text.slice(start, end);
}

/** Returns a heading as one line of visible text with single blanks. */
export function cleanHeading(cell: string): string {
  return cleanCell(cell).replace(/\s+/g, " ").trim();
}

/**
 * Reads the cell of an address: `ada@example.com`, `<ada@example.com>`, `Ada L <ada@example.com>`,
 * `mailto:ada@example.com`, `=HYPERLINK("mailto:ada@example.com")`.
 *
 * @param cell clean
 * @returns the address, and the name beside it; an address that is none of these unchanged
 */
export function splitAddress(cell: string): { readonly address: string; readonly name: string } {
  if (cell.length > MAX_ADDRESS_LENGTH || PLAIN_ADDRESS.test(cell)) {
    return { address: cell, name: "" };
  }
  const [, name = "", bracketed] = NAMED.exec(cell) ?? [];
  const link = HYPERLINK.exec(cell)?.[1];
  const address = (link ?? bracketed ?? cell)
    .replace(/[\u00ad\u200c-\u200f\u202a-\u202e\u2066-\u2069]/g, "")
    .replace(/^\s*mailto:([^?]*).*$/is, "$1")
    .replace(/^'(.*)'$/s, "$1")
    .replace(/^"(.*)"$/s, "$1")
    .replace(/[;,\s]+$/, "");
  return { address, name: link === undefined ? name.trim().replace(/^["'](.*)["']$/s, "$1") : "" };
}
