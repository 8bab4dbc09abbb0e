const INVISIBLE = /[\0\u200b\u2060\ufeff]/g;
// Joiners and directional marks are part of some scripts, but not at the edges of a text.
const EDGES =
  /^[\s\u200c-\u200f\u202a-\u202e\u2066-\u2069]+|[\s\u200c-\u200f\u202a-\u202e\u2066-\u2069]+$/g;
const UNUSUAL = /[\0"'=\u00a0\u00ad\u2000-\u206f\ufeff]/;
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
  if (!UNUSUAL.test(text)) return text;
  const visible = text.replace(INVISIBLE, "").replace(EDGES, "");
  const [, quoted] = FORMULA_TEXT.exec(visible) ?? QUOTED.exec(visible) ?? [];
  return quoted === undefined
    ? visible.replace(PROTECTED, "")
    : quoted.replaceAll('""', '"').trim();
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
  if (PLAIN_ADDRESS.test(cell)) return { address: cell, name: "" };
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
