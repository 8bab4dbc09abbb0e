/**
 * Returns the query of a full-text search (`to_tsquery('simple', …)`) for all words of a text, each of which may be the
 * beginning of a word.
 *
 * @returns empty: the text has no word
 */
export function wordQuery(text: string): string {
  const words = text.replaceAll("\0", "").toWellFormed().split(/\s+/).filter((word) => word !== "");
  return words.map((word) => `'${word.replace(/['\\]/g, "$&$&")}':*`).join(" & ");
}
