import { Buffer } from "node:buffer";

const ENCODING = /^content-transfer-encoding[ \t]*:[ \t]*base64[ \t]*\r?$/gim;
const ATTACHMENT = /^content-type[ \t]*:\s*(?!text\/|message\/|multipart\/)\S/im;
const BLANK_LINE = /\r?\n\r?\n/g;
const DELIMITER = "\n--";
const MAX_HEADER_LENGTH = 4_000;

/**
 * Removes the content of attachments in base64 (RFC 2045 §6.8) from a mail, but not their headers. They are most of a
 * large mail, and parsing them would block the event loop for a second and take several times their memory. The time is
 * linear in the length of the mail.
 */
export function withoutAttachments(raw: Uint8Array): Uint8Array {
  const text = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("latin1");
  const kept: string[] = [];
  let from = 0;
  ENCODING.lastIndex = 0;
  for (let found; (found = ENCODING.exec(text)) !== null;) {
    BLANK_LINE.lastIndex = found.index;
    const blank = BLANK_LINE.exec(text);
    if (!blank) break;
    const bodyStart = ENCODING.lastIndex = BLANK_LINE.lastIndex;
    const before = text.slice(Math.max(from, found.index - MAX_HEADER_LENGTH), found.index);
    const begin = before.lastIndexOf(DELIMITER);
    const after = text.slice(found.index, Math.min(blank.index, found.index + MAX_HEADER_LENGTH));
    if (begin < 0 || !ATTACHMENT.test(before.slice(begin) + after)) continue;
    const end = text.indexOf(DELIMITER, bodyStart);
    if (end < 0) break;
    kept.push(text.slice(from, bodyStart));
    from = ENCODING.lastIndex = end;
  }
  if (from === 0) return raw;
  kept.push(text.slice(from));
  return Buffer.from(kept.join(""), "latin1");
}
