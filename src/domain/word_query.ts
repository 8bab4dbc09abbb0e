/**
 * Returns the query of a full-text search (`to_tsquery('simple', …)`) for all words of a text, the last of which may be
 * the beginning of a word. The beginning of a frequent word has to be combined from the lists of all words that begin so,
 * which takes long.
 *
 * @returns empty: the text has no word
 */
export function wordQuery(text: string): string {
  const words = text.replaceAll("\0", "").toWellFormed().split(/\s+/).filter((word) => word !== "");
  const quoted = words.map((word) => `'${word.replace(/['\\]/g, "$&$&")}'`);
  return quoted.length === 0 ? "" : `${quoted.join(" & ")}:*`;
}
