import { Buffer } from "node:buffer";
import { finished } from "node:stream/promises";
import { type InfoRecord, parse, type Parser } from "csv-parse";
import type { ImportRow } from "../../domain/audiences/audience.ts";
import { invalid, InvalidInputError } from "../../domain/errors.ts";
import { type Columns, readHeader, recipientOf } from "./header.ts";

const MAX_RECORD_BYTES = 64 * 1024;
const LINE_FEED = 10;
const DELIMITERS = [",", ";", "\t"];
const BYTE_ORDER_MARK = Buffer.from("\ufeff");
const UTF_16_MARKS = [Buffer.from([0xff, 0xfe]), Buffer.from([0xfe, 0xff])];

/** A record over several lines with the wrong number of fields; usually a quote was never closed. */
class RecordError extends Error {}

/**
 * Reads CSV (RFC 4180) incrementally: a header, then one recipient per record. The header decides
 * whether comma, semicolon or tab is the delimiter.
 *
 * If a record cannot be parsed, only its first line is refused, and reading continues at the next line,
 * so that an unclosed quote makes one row invalid instead of the rest of the file.
 */
export class CsvReader {
  readonly #addressColumns: readonly string[];
  #parser: Parser | null = null;
  #delimiter = "";
  #columns: Columns | null = null;
  #rows: ImportRow[] = [];
  // Bytes after the last complete record, and the line of the first one.
  #pending = Buffer.alloc(0);
  #line = 1;
  // Bytes that the parser had read before `pending`, and bytes of `pending` that became records.
  #bytesBefore = 0;
  #bytesParsed = 0;
  #skipping = false;

  /** @param addressColumns names of columns that hold addresses, in addition to `address` */
  constructor(addressColumns: readonly string[]) {
    this.#addressColumns = addressColumns;
  }

  /**
   * Reads the next bytes.
   *
   * @param bytes in UTF-8
   * @param last whether these are the last bytes of the file
   * @returns the rows that are complete
   * @throws {InvalidInputError} for a header without addresses, or with unusable names
   */
  async read(bytes: Uint8Array, last = false): Promise<ImportRow[]> {
    const unread = this.#skipping ? this.#afterLine(bytes) : bytes;
    this.#pending = Buffer.concat([this.#pending, unread]);
    if (this.#delimiter !== "") await this.#parse(unread, last);
    else if (this.#findDelimiter(last)) await this.#parse(this.#pending, last);
    if (last && !this.#columns) {
      throw invalid(["header"], "REQUIRED", "is missing: the file is empty");
    }
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
      delimiter: this.#delimiter,
      record_delimiter: ["\r\n", "\n"],
      relax_column_count: true,
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
    if (fields.some((field) => field.trim() !== "")) this.#addRow(fields, lines);
    this.#line += lines;
    this.#bytesParsed = end;
  }

  #addRow(fields: string[], lines: number): void {
    const line = this.#line;
    if (!this.#columns) this.#columns = readHeader(fields, this.#addressColumns);
    else if (fields.length === this.#columns.count) {
      this.#rows.push({ line, recipient: recipientOf(this.#columns, fields) });
    } else {
      const reason = `has ${fields.length} field(s), but the header has ${this.#columns.count}`;
      if (lines > 1) throw new RecordError(reason);
      this.#rows.push({ line, reason });
    }
  }

  #findDelimiter(last: boolean): boolean {
    const pending = this.#pending;
    if (pending.length < BYTE_ORDER_MARK.length && !last) return false;
    if (UTF_16_MARKS.some((mark) => mark.equals(pending.subarray(0, mark.length)))) {
      throw invalid(["header"], "MALFORMED", "is encoded in UTF-16; save the file as CSV UTF-8");
    }
    const marked = BYTE_ORDER_MARK.equals(pending.subarray(0, BYTE_ORDER_MARK.length));
    const text = pending.subarray(marked ? BYTE_ORDER_MARK.length : 0);
    const end = text.indexOf(LINE_FEED);
    if (end < 0 && !last && text.length <= MAX_RECORD_BYTES) return false;
    const header = text.subarray(0, end < 0 ? text.length : end).toString();
    this.#pending = text;
    this.#delimiter = mostFrequent(header.replace(/"[^"]*"/g, ""));
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

function mostFrequent(header: string): string {
  const counts = DELIMITERS.map((delimiter) => header.split(delimiter).length);
  return DELIMITERS[counts.indexOf(Math.max(...counts))] ?? ",";
}

function countLines(bytes: Buffer, start: number, end: number): number {
  let lines = 0;
  for (let i = bytes.indexOf(LINE_FEED, start); i >= 0 && i < end; lines++) {
    i = bytes.indexOf(LINE_FEED, i + 1);
  }
  return lines;
}

function reasonOf(error: Error | null): string {
  if (error instanceof RecordError) return `${error.message}; check for an unclosed quote`;
  if (error) return "has unbalanced quotes";
  return `is longer than ${MAX_RECORD_BYTES} bytes; check for an unclosed quote`;
}
