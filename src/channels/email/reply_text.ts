import { BLOCK_LIST_HOST } from "./reply_words.ts";

/** Facts in the text of a reply; in a bounce report, the text may begin with other words. */
export interface ReplyText {
  /** First reply code; null if there is none. */
  readonly code: number | null;
  /** Enhanced status code directly after the first reply code; null if there is none. */
  readonly ownStatus: string | null;
  /** All enhanced status codes, in their order. */
  readonly statuses: readonly string[];
  /** Text on one line, without codes, addresses and host names. */
  readonly words: string;
}

const TOKEN = /"[^"]{1,64}"@[^\s<>]*|<(?![245]\.\d\.\d{1,3}>)[^\s<>]*>|[^\s<>]+/g;
// In lower case only, because a sentence may lack the blank after its full stop: "Blocked.Please".
const HOST = /(?<![\w.-])(?:[a-z\d_-]+\.)+[a-z]{2,}(?![\w-])/g;
const CODE = /(?<![\w./-])[45]\d\d(?:-|(?=[\s:]|$))/g;
// Not a part of an IP address or a version; but "550-5.1.1", "(#5.1.1)" and "[5.1.1]".
const STATUS = /(?:(?<![\w./-])|(?<=(?<![\w./-])\d{3}-))[245]\.\d\.\d{1,3}(?!\.?\w)/g;
const FIRST_CODE =
  /(?<![\w./-])([45]\d\d)(?:-|(?=[\s:]|$))(?:[\s:]{0,3}#?([245]\.\d\.\d{1,3})(?!\.?\w))?/;

/** Reads the text of a reply. Words and codes in addresses and host names do not name a cause. */
export function readReplyText(text: string): ReplyText {
  const rest = text
    // The end of a sentence separates words, so that it is kept.
    .replaceAll(
      TOKEN,
      (token) => /^<|@/.test(token) ? token.slice(-1).replace(/[^.;!?]/, " ") : token,
    )
    .replaceAll(HOST, (host) => BLOCK_LIST_HOST.test(host) ? host : " ");
  const [, code, ownStatus = null] = FIRST_CODE.exec(rest) ?? [];
  return {
    code: code === undefined ? null : Number(code),
    ownStatus,
    statuses: rest.match(STATUS) ?? [],
    words: rest.replaceAll(STATUS, " ").replaceAll(CODE, " ").replaceAll(/\s+/g, " ").trim(),
  };
}

/** Returns the first status; x.0.0 to x.5.0 only if there is no other, because they name no cause. */
export function mostSpecific(statuses: readonly string[]): string | null {
  return statuses.find((status) => !/\.[0-5]\.0$/.test(status)) ?? statuses[0] ?? null;
}
