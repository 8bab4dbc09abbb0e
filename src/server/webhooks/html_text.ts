const ENTITIES: Readonly<Record<string, string>> = {
  lt: "<",
  gt: ">",
  amp: "&",
  quot: '"',
  apos: "'",
  nbsp: " ",
};

/** Returns the text of an HTML page, with a line end in place of each block. The time is linear in its length. */
export function textOfHtml(html: string): string {
  const visible = cut(cut(html, /<!--/, /-->/), /<(?:style|script)\b/i, /<\/(?:style|script)\s*>/i);
  return visible
    .replaceAll(/\s+/g, " ")
    .replaceAll(/<(?:br|hr|tr|li)\b[^<>]*>/gi, "\n")
    .replaceAll(/<\/?(?:p|div|pre|table|h\d)\b[^<>]*>/gi, "\n\n")
    .replaceAll(/<[^<>]*>/g, "")
    .replaceAll(/&#(\d{1,6});/g, (_, code) => String.fromCodePoint(Number(code)))
    .replaceAll(/&([a-z]+);/g, (entity, name) => ENTITIES[name] ?? entity)
    .replaceAll(/\n[ ]+/g, "\n");
}

/** Removes what stands between two marks. */
function cut(text: string, begin: RegExp, end: RegExp): string {
  const [first = "", ...rest] = text.split(begin);
  return first + rest.map((part) => part.split(end).slice(1).join("")).join("");
}
