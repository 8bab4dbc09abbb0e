import { Buffer } from "node:buffer";
import { z } from "zod";
import type { ImportRow } from "../../domain/audiences/audience.ts";
import { quoteLongNumbers } from "../long_numbers.ts";

const MAX_LINE_BYTES = 64 * 1024;
const LINE_FEED = 10;

const text = z.string({
  error: ({ input }) => `is ${input === undefined ? "missing" : "not a string"}`,
});
const recipientSchema = z.strictObject({
  address: text,
  name: text.nullish(),
  variables: z.record(z.string(), z.unknown(), "is not an object").nullish(),
}, {
  error: (issue) =>
    issue.code === "unrecognized_keys"
      ? `has the unknown field ${JSON.stringify(issue.keys[0])}`
      : "is not a JSON object",
});

/** Reads NDJSON incrementally; each line is the JSON object of one recipient. */
export class NdjsonReader {
  #pending = Buffer.alloc(0);
  #line = 0;
  #skipping = false;

  /**
   * Reads the next bytes.
   *
   * @param bytes in UTF-8
   * @param last whether these are the last bytes of the file
   * @returns the rows that are complete
   */
  read(bytes: Uint8Array, last = false): Promise<ImportRow[]> {
    const rows: (ImportRow | null)[] = [];
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

  #take(bytes: Buffer): ImportRow | null {
    if (this.#skipping) {
      this.#skipping = false;
      return null;
    }
    const line = ++this.#line;
    // trim() also removes the byte order mark, which toString() keeps.
    const text = bytes.toString().trim();
    if (text === "") return null;
    try {
      const result = recipientSchema.safeParse(JSON.parse(quoteLongNumbers(text)));
      if (result.success) return { line, recipient: result.data };
      const reasons = result.error.issues.map(({ path, message }) => [...path, message].join(" "));
      return { line, reason: reasons.join("; ") };
    } catch {
      return { line, reason: "is not JSON" };
    }
  }

  #dropLine(): ImportRow | null {
    this.#pending = Buffer.alloc(0);
    if (this.#skipping) return null;
    this.#skipping = true;
    return { line: ++this.#line, reason: `is longer than ${MAX_LINE_BYTES} bytes` };
  }
}
