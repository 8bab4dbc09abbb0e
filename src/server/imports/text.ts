import { Buffer, isUtf8 } from "node:buffer";
import { invalid } from "../../domain/errors.ts";

const CARRIAGE_RETURN = 13;
const LINE_FEED = 10;
// Enough to recognize UTF-16 without a byte order mark.
const SAMPLE_BYTES = 64;
// A longer line is refused by the readers anyway.
const MAX_LINE_BYTES = 64 * 1024;
const UTF_8_MARK = Buffer.from([0xef, 0xbb, 0xbf]);
const MARKS: readonly [encoding: string, mark: Buffer][] = [
  ["utf-8", UTF_8_MARK],
  ["utf-16le", Buffer.from([0xff, 0xfe])],
  ["utf-16be", Buffer.from([0xfe, 0xff])],
];
// Files that are sent by mistake, by their first bytes.
const OTHER_FILES: readonly [start: Buffer, remedy: string][] = [
  [
    Buffer.from("PK\x03\x04"),
    "is an Excel or OpenDocument workbook, or a ZIP file; save it as CSV UTF-8",
  ],
  [Buffer.from([0xd0, 0xcf, 0x11, 0xe0]), "is an old Excel workbook; save it as CSV UTF-8"],
  [Buffer.from([0x1f, 0x8b]), "is compressed; send it with Content-Encoding: gzip"],
  [Buffer.from("%PDF"), "is a PDF; send CSV or NDJSON"],
];
// Windows-1252 text of Western Europe has no three of these letters in a row, other code pages have.
const OTHER_CODE_PAGE = /[\u0080-\u009f]|[\u00c0-\u00ff]{3}/;
const WINDOWS_1252 = new TextDecoder("windows-1252");

/**
 * Converts a file to UTF-8 with LF as its only line end (for CR LF, CR CR LF and CR), without a byte order mark.
 * UTF-16 is recognized. A line that is not UTF-8 is read as Windows-1252, in which Excel saves "CSV".
 *
 * @param bytes without compression
 * @throws {InvalidInputError} for a workbook, a PDF or a compressed file
 */
export async function* toLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  const repair = new LineRepair();
  for await (const part of lineFeedsOnly(inUtf8(bytes))) {
    const complete = repair.next(part);
    if (complete.length > 0) yield complete;
  }
  yield repair.last();
}

async function* inUtf8(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  let decoder: TextDecoder | null | undefined;
  let start = Buffer.alloc(0);
  for await (const part of bytes) {
    if (decoder !== undefined) {
      yield decoder ? Buffer.from(decoder.decode(part, { stream: true })) : part;
      continue;
    }
    start = Buffer.concat([start, part]);
    if (start.length < SAMPLE_BYTES) continue;
    decoder = decoderFor(start);
    yield begin(start, decoder);
  }
  if (decoder === undefined) {
    decoder = decoderFor(start);
    yield begin(start, decoder);
  }
  if (decoder) yield Buffer.from(decoder.decode());
}

function begin(start: Buffer, decoder: TextDecoder | null): Uint8Array {
  // The decoder removes the mark of UTF-16.
  if (decoder) return Buffer.from(decoder.decode(start, { stream: true }));
  return start.subarray(startsWith(start, UTF_8_MARK) ? UTF_8_MARK.length : 0);
}

/** Null: UTF-8, or an encoding that only its lines show. */
function decoderFor(start: Buffer): TextDecoder | null {
  for (const [other, remedy] of OTHER_FILES) {
    if (startsWith(start, other)) throw invalid(["body"], "MALFORMED", remedy);
  }
  const encoding = MARKS.find(([, mark]) => startsWith(start, mark))?.[0] ?? unmarked(start);
  return encoding === "utf-8" ? null : new TextDecoder(encoding);
}

// In UTF-16 every other byte of ASCII text is NUL.
function unmarked(start: Buffer): string {
  const nuls = (parity: number) => start.filter((byte, i) => byte === 0 && i % 2 === parity).length;
  const [even, odd] = [nuls(0), nuls(1)];
  const most = start.length / 4;
  if (odd > most && even === 0) return "utf-16le";
  return even > most && odd === 0 ? "utf-16be" : "utf-8";
}

function startsWith(bytes: Buffer, start: Buffer): boolean {
  return start.equals(bytes.subarray(0, start.length));
}

async function* lineFeedsOnly(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  // Whether the part before ended with carriage returns, whose line end is written already.
  let ended = false;
  for await (const part of bytes) {
    if (!ended && part.indexOf(CARRIAGE_RETURN) < 0) {
      yield part;
      continue;
    }
    const out = Buffer.allocUnsafe(part.length);
    let length = 0;
    for (const byte of part) {
      if (byte === CARRIAGE_RETURN) {
        if (!ended) out[length++] = LINE_FEED;
        ended = true;
      } else if (byte !== LINE_FEED || !ended) {
        out[length++] = byte;
        ended = false;
      } else ended = false;
    }
    yield out.subarray(0, length);
  }
}

/** Reads lines that are not UTF-8 as Windows-1252. */
class LineRepair {
  #pending = Buffer.alloc(0);

  next(part: Uint8Array): Uint8Array {
    const end = part.lastIndexOf(LINE_FEED) + 1;
    if (end === 0 && this.#pending.length <= MAX_LINE_BYTES) {
      this.#pending = Buffer.concat([this.#pending, part]);
      return Buffer.alloc(0);
    }
    const complete = Buffer.concat([this.#pending, part.subarray(0, end || part.length)]);
    this.#pending = Buffer.from(end === 0 ? [] : part.subarray(end));
    return repaired(complete);
  }

  last(): Uint8Array {
    return repaired(this.#pending);
  }
}

function repaired(lines: Buffer): Uint8Array {
  if (isUtf8(lines)) return lines;
  const parts: Uint8Array[] = [];
  for (let start = 0, end; start < lines.length; start = end) {
    end = lines.indexOf(LINE_FEED, start) + 1 || lines.length;
    const line = lines.subarray(start, end);
    parts.push(isUtf8(line) ? line : fromWindows1252(line));
  }
  return Buffer.concat(parts);
}

// A line of another code page stays as it is: its row is refused as not encoded in UTF-8.
function fromWindows1252(line: Buffer): Buffer {
  const text = WINDOWS_1252.decode(line);
  return OTHER_CODE_PAGE.test(text) ? line : Buffer.from(text);
}
