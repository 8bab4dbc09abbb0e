import { Buffer } from "node:buffer";
import { withoutAttachments } from "../../domain/emails/attachments.ts";

const LINE_FEED = 10;
// Longer than a From line; a line of this length is read in parts.
const MAX_LINE_BYTES = 64 * 1024;
const MAX_FROM_LINE_LENGTH = 500;
// Above this size, attachments are removed while the mail is read, so that they are never in memory.
const LIGHTEN_BYTES = 256 * 1024;
const FROM_LINE =
  /^From (?:.{0,300} )?((?:Mon|Tue|Wed|Thu|Fri|Sat|Sun),? .{0,30}?\d{1,2}:\d{2}.{0,20})/;
const ZONE = /[+-]\d{2}:?\d{2}|Z$|UTC|GMT/;

/** Mail of an mbox. */
export interface MboxMail {
  /** Position of its From line in the file, in bytes. */
  readonly offset: number;
  /** Time of its From line; null: it cannot be read. */
  readonly date: Date | null;
  /** Whether a From line begins it; false only for bytes at the beginning of the file. */
  readonly isMarked: boolean;
  /** Without the content of attachments if it is large. Null: it is larger than the limit. */
  readonly raw: Uint8Array | null;
}

/**
 * Splits an mbox (RFC 4155) into its mails. A mail begins after a line `From <sender> <time>`. Lines of its text that
 * begin with `>From ` lose a `>` (mboxrd; so also those of mboxo). A mail above the limit is discarded.
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
  /** Beginning of a line whose rest was not read yet. */
  #pending: Buffer = Buffer.alloc(0);
  /** Position of `#pending` in the file. */
  #offset = 0;
  #continuesLine = false;
  #mail: MailParts;

  constructor(maxBytes: number) {
    this.#maxBytes = maxBytes;
    this.#mail = new MailParts(0, null, maxBytes);
  }

  *next(part: Uint8Array): Generator<MboxMail> {
    const bytes = Buffer.from(part.buffer, part.byteOffset, part.byteLength);
    const first = bytes.indexOf(LINE_FEED) + 1;
    if (first === 0) {
      this.#pending = Buffer.concat([this.#pending, bytes]);
    } else {
      // Only the first line is copied, because copies of all bytes would be half of the garbage.
      yield* this.#takeLines(Buffer.concat([this.#pending, bytes.subarray(0, first)]));
      const end = bytes.lastIndexOf(LINE_FEED) + 1;
      yield* this.#takeLines(bytes.subarray(first, end));
      this.#pending = bytes.subarray(end);
    }
    if (this.#pending.length <= MAX_LINE_BYTES) return;
    yield* this.#takeLines(this.#pending);
    this.#pending = Buffer.alloc(0);
    this.#continuesLine = true;
  }

  *last(): Generator<MboxMail> {
    yield* this.#takeLines(this.#pending);
    yield* this.#mail.end();
  }

  *#takeLines(lines: Buffer): Generator<MboxMail> {
    let start = 0;
    for (const { begin, end, line } of fromLinesIn(lines, this.#continuesLine)) {
      this.#mail.add(lines.subarray(start, begin));
      yield* this.#mail.end();
      this.#mail = new MailParts(this.#offset + begin, line, this.#maxBytes);
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
  // Searching a string is ten times as fast as searching a Buffer.
  const text = lines.toString("latin1");
  for (let at = text.indexOf("From "); at >= 0; at = text.indexOf("\nFrom ", at) + 1 || -1) {
    if (at === 0 ? continuesLine : text[at - 1] !== "\n") continue;
    const end = text.indexOf("\n", at) + 1 || text.length;
    const line = text.slice(at, Math.min(end, at + MAX_FROM_LINE_LENGTH));
    if (FROM_LINE.test(line)) yield { begin: at, end, line };
  }
}

/** Parts of a mail, whose end was not read yet. */
class MailParts {
  readonly #offset: number;
  readonly #line: string | null;
  readonly #maxBytes: number;
  #parts: Buffer[] = [];
  /** Size of the mail. */
  #size = 0;
  /** Size of the parts. */
  #kept = 0;
  #lightenAt = LIGHTEN_BYTES;
  #inAttachment = false;

  constructor(offset: number, line: string | null, maxBytes: number) {
    this.#offset = offset;
    this.#line = line;
    this.#maxBytes = maxBytes;
  }

  add(part: Buffer): void {
    this.#size += part.length;
    if (this.#size > this.#maxBytes) this.#parts = [];
    else if (this.#inAttachment) this.#addAfterAttachment(part);
    else this.#keep(part);
  }

  *end(): Generator<MboxMail> {
    const isMarked = this.#line !== null;
    const raw = this.#size > this.#maxBytes ? null : unquoted(Buffer.concat(this.#parts));
    if (!isMarked && raw?.toString("latin1").trim() === "") return;
    yield { offset: this.#offset, date: dateOf(this.#line ?? ""), isMarked, raw };
  }

  #keep(part: Buffer): void {
    this.#parts.push(part);
    this.#kept += part.length;
    if (this.#kept < this.#lightenAt) return;
    const { raw, isOpen } = withoutAttachments(Buffer.concat(this.#parts));
    this.#parts = [raw];
    this.#kept = raw.length;
    this.#inAttachment = isOpen;
    // Doubled, so that a large text is not scanned again for each part.
    this.#lightenAt = Math.max(LIGHTEN_BYTES, 2 * raw.length);
  }

  #addAfterAttachment(part: Buffer): void {
    const text = part.toString("latin1");
    const end = text.startsWith("--") ? 0 : text.indexOf("\n--") + 1 || -1;
    if (end < 0) return;
    this.#inAttachment = false;
    this.#keep(part.subarray(end));
  }
}

/** Removes one `>` of each line that begins with `>From `, `>>From ` and so on. */
function unquoted(mail: Buffer): Buffer {
  const text = mail.toString("latin1");
  const parts: Buffer[] = [];
  let from = 0;
  for (const { index } of text.matchAll(/^>+From /gm)) {
    parts.push(mail.subarray(from, index));
    from = index + 1;
  }
  return from === 0 ? mail : Buffer.concat([...parts, mail.subarray(from)]);
}

// RFC 4155 has times in UTC; Gmail adds the zone.
function dateOf(line: string): Date | null {
  const [, text = ""] = FROM_LINE.exec(line) ?? [];
  const time = Date.parse(ZONE.test(text.trim()) ? text : `${text.trim()} UTC`);
  return Number.isNaN(time) ? null : new Date(time);
}
