import { Buffer } from "node:buffer";
import { finished } from "node:stream/promises";
import { type InfoRecord, parse, type Parser } from "csv-parse";
import { invalid, InvalidInputError } from "../../domain/errors.ts";
import { cleanCell, cleanHeading } from "./cells.ts";
import { findDialect, LENIENT } from "./dialect.ts";
import type { Columns, Table } from "./table.ts";
import type { RefusedLine } from "./upload.ts";

const MAX_RECORD_BYTES = 64 * 1024;
const SAMPLE_BYTES = 8 * 1024;
// Records before the header, such as titles.
const MAX_TITLES = 20;
const LINE_FEED = 10;

/** A record over several lines with the wrong number of fields; usually a quote was never closed. */
class RecordError extends Error {}

/**
 * Reads CSV (RFC 4180) incrementally: a header, then one row per record. Comma, semicolon, tab or | is the
 * delimiter; see `findDialect`.
 *
 * If a record cannot be parsed, only its first line is refused, and reading continues at the next line,
 * so that an unclosed quote makes one row invalid instead of the rest of the file.
 */
export class CsvReader<Row> {
  readonly #table: Table<Row>;
  #parser: Parser | null = null;
  #delimiter = "";
  #columns: Columns<Row> | null = null;
  #titles: string[][] = [];
  #rows: (Row | RefusedLine)[] = [];
  // Bytes after the last complete record, and the line of the first one.
  #pending = Buffer.alloc(0);
  #line = 1;
  // Bytes that the parser had read before `pending`, and bytes of `pending` that became records.
  #bytesBefore = 0;
  #bytesParsed = 0;
  #skipping = false;

  /** @param table reads the header and the rows */
  constructor(table: Table<Row>) {
    this.#table = table;
  }

  /**
   * Reads the next bytes.
   *
   * @param bytes in UTF-8, with LF as the only line end
   * @param last whether these are the last bytes of the file
   * @returns the rows that are complete
   * @throws {InvalidInputError} for a header without addresses, or with unusable names
   */
  async read(bytes: Uint8Array, last = false): Promise<(Row | RefusedLine)[]> {
    const unread = this.#skipping ? this.#afterLine(bytes) : bytes;
    this.#pending = Buffer.concat([this.#pending, unread]);
    if (this.#delimiter !== "") await this.#parse(unread, last);
    else if (this.#findDelimiter(last)) await this.#parse(this.#pending, last);
    if (last && !this.#columns) throw this.#noHeader();
    const rows = this.#rows;
    this.#rows = [];
    return rows;
  }

  async #parse(bytes: Uint8Array, last: boolean): Promise<void> {
    let error = await this.#feed(bytes, last);
    while (error || this.#pending.length > MAX_RECORD_BYTES) {
      if (error instanceof InvalidInputError) throw error;
      const reason = reasonOf(error);
      if (!this.#columns) throw invalid(["header"], "MALFORMED", reason);
      this.#rows.push({ line: this.#line, reason });
      this.#pending = this.#afterLine(this.#pending);
      this.#parser = null;
      error = await this.#feed(this.#pending, last);
    }
  }

  async #feed(bytes: Uint8Array, last: boolean): Promise<Error | null> {
    const parser = this.#parser ??= this.#createParser();
    const written = last ? finished(parser.end(bytes), { readable: false }) : write(parser, bytes);
    const error = await written.then(() => null, (error: Error) => error);
    this.#pending = this.#pending.subarray(this.#bytesParsed);
    this.#bytesBefore += this.#bytesParsed;
    this.#bytesParsed = 0;
    return error;
  }

  #createParser(): Parser {
    this.#bytesBefore = 0;
    const parser = parse({
      ...LENIENT,
      delimiter: this.#delimiter,
      on_record: (fields: string[], { bytes }: InfoRecord) => {
        this.#addRecord(fields, bytes - this.#bytesBefore);
        // Null, so that the parser does not buffer the record.
        return null;
      },
    });
    // #feed() handles the error; without a listener it would terminate the process.
    return parser.on("error", () => {});
  }

  #addRecord(fields: string[], end: number): void {
    const lines = countLines(this.#pending, this.#bytesParsed, end);
    // A field that keeps its opening quote over several lines, because the closing one is missing.
    if (lines > 1 && fields.some(isUnclosed)) throw new RecordError("has unbalanced quotes");
    if (this.#columns) this.#addRow(this.#columns, fields.map(cleanCell), lines);
    else this.#addHeader(fields.map(cleanHeading));
    this.#line += lines;
    this.#bytesParsed = end;
  }

  #addHeader(headings: string[]): void {
    if (headings.every((heading) => heading === "")) return;
    const columns = this.#table.recognizes(headings) ? this.#table.columnsOf(headings) : null;
    if (columns && !(columns.isRow && this.#titles.length > 0)) {
      this.#columns = columns;
      if (columns.isRow) this.#addRow(columns, headings, 1);
      return;
    }
    const count = this.#titles.push(headings);
    if (count === MAX_TITLES || this.#table.holdsAddress(headings)) throw this.#noHeader();
  }

  #addRow(columns: Columns<Row>, fields: string[], lines: number): void {
    const line = this.#line;
    const length = fields.findLastIndex((field) => field !== "") + 1;
    if (length === 0) return;
    // Empty fields at the end may be missing, or be too many.
    if (length > columns.count || lines > 1 && fields.length < columns.count) {
      const actual = length > columns.count ? length : fields.length;
      const reason = `has ${actual} field(s), but the header has ${columns.count}`;
      if (lines > 1) throw new RecordError(`${reason}; check for an unclosed quote`);
      this.#rows.push({ line, reason });
    } else this.#rows.push(columns.rowOf(line, fields));
  }

  #noHeader(): InvalidInputError {
    if (this.#titles.length === 0) {
      return invalid(["header"], "REQUIRED", "is missing: the file is empty");
    }
    // Of titles and headings the headings are more.
    const widest = this.#titles.reduce((a, b) => b.length > a.length ? b : a);
    return this.#table.refuse(widest);
  }

  #findDelimiter(last: boolean): boolean {
    if (this.#pending.length < SAMPLE_BYTES && !last) return false;
    const sample = this.#pending.subarray(0, MAX_RECORD_BYTES);
    const { delimiter, skippedBytes } = findDialect(sample, this.#table.recognizes);
    this.#delimiter = delimiter;
    this.#line += countLines(sample, 0, skippedBytes);
    this.#pending = this.#pending.subarray(skippedBytes);
    return true;
  }

  #afterLine(bytes: Uint8Array): Buffer<ArrayBuffer> {
    const end = bytes.indexOf(LINE_FEED);
    this.#skipping = end < 0;
    if (end >= 0) this.#line++;
    return Buffer.from(end < 0 ? [] : bytes.subarray(end + 1));
  }
}

function write(parser: Parser, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) =>
    parser.write(bytes, (error) => error ? reject(error) : resolve())
  );
}

function isUnclosed(field: string): boolean {
  return field.startsWith('"') && field.includes("\n");
}

function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(LINE_FEED, start); i >= 0 && i < end; lines++) {
    i = bytes.indexOf(LINE_FEED, i + 1);
  }
  return lines;
}

function reasonOf(error: Error | null): string {
  if (error instanceof RecordError) return error.message;
  if (error) return "has unbalanced quotes";
  return `is longer than ${MAX_RECORD_BYTES} bytes; check for an unclosed quote`;
}
