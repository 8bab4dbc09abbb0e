import { Buffer } from "node:buffer";

const ENCODING = /^content-transfer-encoding[ \t]*:[ \t]*base64[ \t]*\r?$/gim;
const ATTACHMENT = /^content-type[ \t]*:\s*(?!text\/|message\/|multipart\/)\S/im;
const BLANK_LINE = /\r?\n\r?\n/g;
const DELIMITER = "\n--";
const MAX_HEADER_LENGTH = 4_000;

/** A mail without the content of its attachments. */
export interface LightMail {
  readonly raw: Buffer;
  /**
   * Whether its last attachment is not terminated, so that further bytes belong to it until a line starts with "--".
   */
  readonly isOpen: boolean;
}

/**
 * Removes the content of attachments in base64 (RFC 2045 §6.8) from a mail, but not their headers. Attachments are the
 * largest part of a mail; parsing them would block the event loop for a second and need several times their size in
 * memory. The time is linear in the length of the mail.
 */
export function withoutAttachments(mail: Uint8Array): LightMail {
  const raw = Buffer.from(mail.buffer, mail.byteOffset, mail.byteLength);
  const text = raw.toString("latin1");
  const kept: Buffer[] = [];
  let from = 0;
  ENCODING.lastIndex = 0;
  for (let found; (found = ENCODING.exec(text)) !== null;) {
    BLANK_LINE.lastIndex = found.index;
    const blank = BLANK_LINE.exec(text);
    if (!blank) break;
    const body = ENCODING.lastIndex = BLANK_LINE.lastIndex;
    const before = text.slice(Math.max(from, found.index - MAX_HEADER_LENGTH), found.index);
    const begin = before.lastIndexOf(DELIMITER);
    const after = text.slice(found.index, Math.min(blank.index, found.index + MAX_HEADER_LENGTH));
    if (begin < 0 || !ATTACHMENT.test(before.slice(begin) + after)) continue;
    kept.push(raw.subarray(from, body));
    from = text.indexOf(DELIMITER, body - 1);
    if (from < 0) return { raw: Buffer.concat(kept), isOpen: true };
    ENCODING.lastIndex = from;
  }
  return { raw: from === 0 ? raw : Buffer.concat([...kept, raw.subarray(from)]), isOpen: false };
}
