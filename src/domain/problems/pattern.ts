/** Stands for a variable part of a text. */
const VARIABLE = "…";
const MAX_LENGTH = 200;
// The rest of a longer text would not be a part of the pattern anyway.
const MAX_READ = 1_000;

const ADDRESS = /<"[^"<>]*"@[^<>\s]*>|<[^<>\s]*>|[^\s<>"(),:;[\]]+@[^\s<>"(),:;[\]]+/g;
const URL_OR_PATH =
  /\b[a-z][a-z\d+.-]*:\/\/[^\s()<>"']+|(?<![\w/.])\.{0,2}\/[\w.-]+(?:\/[\w.-]*)+/gi;
const QUOTED = /"[^"]*"|“[^”]*”|`[^`]*`|(?<![\p{L}\p{N}])'[^']*'(?![\p{L}\p{N}])/gu;
const BRACKETED = /\[[^[\]]*\d[^[\]]*\]/g;
// Reply code (RFC 5321) at the start, which servers repeat in each line of a reply.
const FIRST_REPLY_CODE = /^\s*([245]\d\d)(?=[\s-])/;
// Enhanced status code (RFC 3463).
const STATUS = /^[245]\.\d\.\d{1,3}$/;
const REPLY_CODE = /^[1-5]\d\d$/;
const BEFORE_STATUS = /\b(?:HTTP|status)\s$/i;

const WORD = /[^\s\p{Cc}:,;()[\]{}=…]+/gu;
const EDGES = /^([^\p{L}\p{N}]*)(.*?)([^\p{L}\p{N}]*)$/su;
const NAME_WITH_DIGIT =
  /^(?:ipv[46]|(?:tls|ssl)v?[\d.]*|rfc-?\d+|smtputf8|8bitmime|utf-?8|sha-?\d+|base64|oauth2?|http\/[\d.]+|x509)$/i;
const HOST =
  /^(?:[a-z\d_](?:[a-z\d_-]*[a-z\d_])?\.)+(?:[a-z]{2}|com|net|org|edu|gov|mil|int|info|biz|cloud|local|internal|localdomain|lan|arpa|test|example|invalid)$/i;
const LONG_ID = /^[\w+/-]{32,}$/;
const REPEATED = /…(?:[\s,;:./|<>+-]*…)+/g;

/**
 * Returns the text of an error without its variable parts: numbers, ids, addresses, hosts, URLs, paths and
 * quoted texts become "…". Texts with the same cause have the same pattern. Reply codes, status codes and words
 * are kept. Pure.
 *
 * @returns at most 200 characters on one line
 */
export function errorPattern(message: string): string {
  const text = message.slice(0, MAX_READ);
  return withoutRepeatedCode(text)
    .replaceAll(ADDRESS, (address) => STATUS.test(address.slice(1, -1)) ? address : VARIABLE)
    .replaceAll(URL_OR_PATH, VARIABLE)
    .replaceAll(QUOTED, VARIABLE)
    .replaceAll(BRACKETED, (id) => STATUS.test(id.slice(1, -1)) ? id : VARIABLE)
    .replaceAll(WORD, withoutVariable)
    .replaceAll(/[\s\p{Cc}]+/gu, " ").trim()
    .replaceAll(REPEATED, VARIABLE).slice(0, MAX_LENGTH).trimEnd()
    .toWellFormed();
}

function withoutRepeatedCode(text: string): string {
  const [start, code] = FIRST_REPLY_CODE.exec(text) ?? [];
  if (start === undefined) return text;
  const repeated = new RegExp(`(?<=\\s)${code}[-\\s](?:\\s*[245]\\.\\d\\.\\d{1,3}\\s)?`, "g");
  return `${code} ${text.slice(start.length + 1).replaceAll(repeated, "")}`;
}

function withoutVariable(word: string, offset: number, text: string): string {
  const [, opening = "", core = "", closing = ""] = EDGES.exec(word) ?? [];
  const names = STATUS.test(core) || NAME_WITH_DIGIT.test(core) ||
    REPLY_CODE.test(core) &&
      (offset === 0 || BEFORE_STATUS.test(text.slice(Math.max(0, offset - 8), offset)));
  const varies = !names && (/\d/.test(core) || HOST.test(core) || LONG_ID.test(core));
  return varies ? `${opening}${VARIABLE}${closing}` : word;
}
