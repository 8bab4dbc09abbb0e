import { Buffer } from "node:buffer";

const LINE_FEED = 10;
const GREATER_THAN = 62;
// Longer than a From line; a line of this length is read in parts.
const MAX_LINE_BYTES = 64 * 1024;
const MAX_FROM_LINE_BYTES = 500;
const FROM_LINE =
  /^From (?:.{0,300} )?((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .{0,30}?\d{1,2}:\d{2}.{0,20})/;
const ZONE = /[+-]\d{2}:?\d{2}|Z$|UTC|GMT/;

/** Mail of an mbox. */
export interface MboxMail {
  /** Position of its From line in the file, in bytes. */
  readonly offset: number;
  /** Time of its From line; null: it cannot be read. */
  readonly date: Date | null;
  /** Whether a From line begins it; false only for bytes at the begin of the file. */
  readonly isMarked: boolean;
  /** Null: it is larger than the limit. */
  readonly raw: Uint8Array | null;
}

/**
 * Splits an mbox (RFC 4155) into its mails. A mail begins after a line `From <sender> <time>`. Lines of its text that
 * begin with `>From ` lose a `>` (mboxrd; so also those of mboxo). Of a mail beyond the limit nothing is kept.
 *
 * @param maxBytes largest mail that is returned
 */
export async function* splitMbox(
  bytes: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<MboxMail> {
  const splitter = new Splitter(maxBytes);
  for await (const part of bytes) yield* splitter.next(part);
  yield* splitter.last();
}

class Splitter {
  readonly #maxBytes: number;
  /** The begin of a line, of which the rest was not read yet. */
  #pending = Buffer.alloc(0);
  /** Position of `#pending` in the file. */
  #offset = 0;
  #continuesLine = false;
  #mail: OpenMail;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#mail = new OpenMail(0, null, maxBytes);
  }

  *next(part: Uint8Array): Generator<MboxMail> {
    const text = Buffer.concat([this.#pending, part]);
    const end = text.lastIndexOf(LINE_FEED) + 1;
    if (end > 0) yield* this.#takeLines(text.subarray(0, end));
    this.#pending = text.subarray(end);
    if (this.#pending.length <= MAX_LINE_BYTES) return;
    yield* this.#takeLines(this.#pending);
    this.#pending = Buffer.alloc(0);
    this.#continuesLine = true;
  }

  *last(): Generator<MboxMail> {
    yield* this.#takeLines(this.#pending);
    yield* this.#mail.close();
  }

  *#takeLines(lines: Buffer): Generator<MboxMail> {
    let start = 0;
    for (const { begin, end, line } of fromLinesIn(lines, this.#continuesLine)) {
      this.#mail.add(lines.subarray(start, begin));
      yield* this.#mail.close();
      this.#mail = new OpenMail(this.#offset + begin, line, this.#maxBytes);
      start = end;
    }
    this.#mail.add(lines.subarray(start));
    this.#offset += lines.length;
    this.#continuesLine = false;
  }
}

function* fromLinesIn(
  lines: Buffer,
  continuesLine: boolean,
): Generator<{ begin: number; end: number; line: string }> {
  for (let at = lines.indexOf("From "); at >= 0; at = lines.indexOf("\nFrom ", at) + 1 || -1) {
    const begin = at;
    if (begin === 0 ? continuesLine : lines[begin - 1] !== LINE_FEED) continue;
    const end = lines.indexOf(LINE_FEED, begin) + 1 || lines.length;
    const line = lines.toString("latin1", begin, Math.min(end, begin + MAX_FROM_LINE_BYTES));
    if (FROM_LINE.test(line)) yield { begin, end, line };
  }
}

/** Mail whose end was not read yet. */
class OpenMail {
  readonly #offset: number;
  readonly #line: string | null;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  #size = 0;

  constructor(offset: number, line: string | null, maxBytes: number) {
    this.#offset = offset;
    this.#line = line;
    this.#maxBytes = maxBytes;
  }

  add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size <= this.#maxBytes) this.#parts.push(part);
    else this.#parts = [];
  }

  *close(): Generator<MboxMail> {
    const isMarked = this.#line !== null;
    const raw = this.#size > this.#maxBytes ? null : unquoted(Buffer.concat(this.#parts));
    if (!isMarked && raw?.toString("latin1").trim() === "") return;
    yield { offset: this.#offset, date: dateOf(this.#line ?? ""), isMarked, raw };
  }
}

/** Removes one `>` of each line that begins with `>From `, `>>From ` and so on. */
function unquoted(mail: Buffer): Buffer {
  const parts: Buffer[] = [];
  let from = 0;
  for (let at = mail.indexOf(">From "); at >= 0; at = mail.indexOf(">From ", at + 1)) {
    let begin = at;
    while (begin > from && mail[begin - 1] === GREATER_THAN) begin--;
    if (begin > 0 && mail[begin - 1] !== LINE_FEED) continue;
    parts.push(mail.subarray(from, begin));
    from = begin + 1;
  }
  return parts.length === 0 ? mail : Buffer.concat([...parts, mail.subarray(from)]);
}

// RFC 4155 has times in UTC; Gmail adds the zone.
function dateOf(line: string): Date | null {
  const [, text = ""] = FROM_LINE.exec(line) ?? [];
  const time = Date.parse(ZONE.test(text.trim()) ? text : `${text.trim()} UTC`);
  return Number.isNaN(time) ? null : new Date(time);
}
