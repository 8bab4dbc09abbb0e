import type { Attachment } from "postal-mime";

/** A field of a header or of a report: the name in lower case, and the unfolded value. */
export type Field = readonly [name: string, value: string];

const FIELD = /^([A-Za-z][\w-]*)[ \t]*:(.*)$/;

/**
 * Parses the fields of a text. Blank lines between them are ignored. A line that begins with a blank, or
 * does not look like a field, continues the field before it, because some mailers break lines wrongly.
 */
export function parseFields(text: string): Field[] {
  const fields: [string, string][] = [];
  let last: [string, string] | null = null;
  for (const line of text.split(/\r?\n/)) {
    const [, name, value = ""] = FIELD.exec(line) ?? [];
    if (line.trim() === "") last = null;
    else if (name !== undefined) fields.push(last = [name.toLowerCase(), value.trim()]);
    else if (last) last[1] = `${last[1]} ${line.trim()}`.trim();
  }
  return fields;
}

/** Returns the values of all fields of a name, in their order. */
export function valuesOf(fields: readonly Field[], wanted: string): string[] {
  return fields.flatMap(([name, value]) => name === wanted ? value : []);
}

/** Returns the first word of a value in lower case: "failed" of "Failed (bad address)". */
export function firstWord(value = ""): string {
  return /^[\w-]*/.exec(value.trim().toLowerCase())?.[0] ?? "";
}

/** Returns the content of a part of a mail as text. */
export function textOf({ content }: Attachment): string {
  return typeof content === "string" ? content : new TextDecoder().decode(content);
}

// A text can be a megabyte long.
const MAX_WORDS_LENGTH = 4_000;
// Not Message-ID, because some reports name the mail by it before they give the reason.
const COPIED_HEADER = /^[ \t]*(?:received|return-path)[ \t]*:/im;
const QUOTED_SUBJECT = /^[ \t]*subject[ \t]*:.*$/gim;

/** Returns the words of a report's text for people, without the subject and the copy of the mail that it quotes. */
export function wordsOf(text: string): string {
  const [report = ""] = text.split(COPIED_HEADER, 1);
  return report.replaceAll(QUOTED_SUBJECT, "").slice(0, MAX_WORDS_LENGTH);
}
