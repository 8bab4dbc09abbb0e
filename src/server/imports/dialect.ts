import type { Buffer } from "node:buffer";
import { parse } from "csv-parse/sync";
import { cleanHeading } from "./cells.ts";

const DELIMITERS = [",", ";", "\t", "|"];
// Exports may put titles before the header.
const SAMPLE_RECORDS = 20;
const SEPARATOR_LINE = /^"?sep=(.)"?[ \t,;|]*$/i;
const LINE_FEED = 10;

/** Options of csv-parse for files as programs write them; line ends are LF already. */
export const LENIENT = {
  record_delimiter: "\n",
  relax_column_count: true,
  // A quote inside a field that does not begin with one.
  relax_quotes: true,
  // A blank before a quote.
  ltrim: true,
} as const;

/** Delimiter of a file, and its lines before the table. */
export interface Dialect {
  readonly delimiter: string;
  /** Bytes of a line `sep=;`, which names the delimiter for Excel. */
  readonly skippedBytes: number;
}

/**
 * Finds the delimiter: the one of a line `sep=;`, or the one by which a header has the most columns.
 *
 * @param start first lines of the file
 * @param recognizes whether clean fields may be a header
 */
export function findDialect(
  start: Buffer,
  recognizes: (headings: readonly string[]) => boolean,
): Dialect {
  const end = start.indexOf(LINE_FEED) + 1 || start.length;
  const [, delimiter] = SEPARATOR_LINE.exec(start.subarray(0, end).toString().trim()) ?? [];
  if (delimiter) return { delimiter, skippedBytes: end };
  const candidates = DELIMITERS.map((delimiter) => {
    const records = sample(start, delimiter);
    const header = records.find(recognizes);
    const columns = (header ?? records.find((fields) => fields.some(Boolean)) ?? []).length;
    return { delimiter, score: columns + (header ? start.length : 0) };
  });
  const best = candidates.reduce((best, other) => other.score > best.score ? other : best);
  return { delimiter: best.delimiter, skippedBytes: 0 };
}

function sample(start: Buffer, delimiter: string): string[][] {
  const read = (quote: '"' | null): string[][] =>
    parse(start, { ...LENIENT, delimiter, quote, to: SAMPLE_RECORDS });
  let records: string[][];
  try {
    records = read('"');
  } catch {
    // The sample ends inside quotes.
    records = read(null);
  }
  return records.map((fields) => fields.map(cleanHeading));
}
