import { Buffer } from "node:buffer";
import { quoteLongNumbers } from "../long_numbers.ts";
import type { RefusedLine } from "./upload.ts";

const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 10;

/** Converts the parsed JSON of a line to a row, or to the reason why it is none. */
export type RowParser<Row> = (json: unknown, line: number) => Row | RefusedLine;

/** Reads NDJSON incrementally; each line is the JSON object of one row. */
export class NdjsonReader<Row> {
  readonly #rowOf: RowParser<Row>;
  #pending = Buffer.alloc(0);
  #line = 0;
  #skipping = false;

  /** @param rowOf converts a parsed line */
  constructor(rowOf: RowParser<Row>) {
    this.#rowOf = rowOf;
  }

  /**
   * Reads the next bytes.
   *
   * @param bytes in UTF-8, with LF as the only line end
   * @param last whether these are the last bytes of the file
   * @returns the rows that are complete
   */
  read(bytes: Uint8Array, last = false): Promise<(Row | RefusedLine)[]> {
    const rows: (Row | RefusedLine | null)[] = [];
    const text = Buffer.concat([this.#pending, bytes]);
    let start = 0;
    for (let end; (end = text.indexOf(LINE_FEED, start)) >= 0; start = end + 1) {
      rows.push(this.#take(text.subarray(start, end)));
    }
    this.#pending = text.subarray(start);
    if (last) rows.push(this.#take(this.#pending));
    else if (this.#pending.length > MAX_LINE_BYTES) rows.push(this.#dropLine());
    return Promise.resolve(rows.filter((row) => row !== null));
  }

  #take(bytes: Buffer): Row | RefusedLine | null {
    if (this.#skipping) {
      this.#skipping = false;
      return null;
    }
    const line = ++this.#line;
    const text = bytes.toString().trim();
    if (text === "") return null;
    let json: unknown;
    try {
      json = JSON.parse(quoteLongNumbers(text));
    } catch {
      return { line, reason: "is not JSON" };
    }
    return this.#rowOf(json, line);
  }

  #dropLine(): RefusedLine | null {
    this.#pending = Buffer.alloc(0);
    if (this.#skipping) return null;
    this.#skipping = true;
    return { line: ++this.#line, reason: `is longer than ${MAX_LINE_BYTES} bytes` };
  }
}
