import type { DeliveryError, DeliveryErrorType, Disposition } from "../channel.ts";
import { limitWait, toErrorMessage } from "../local_failure.ts";

/** What is known of a failed try. */
export interface SmtpFailure {
  /** The server's whole reply; null when none came. */
  readonly reply: string | null;
  /** What the reply answers ("AUTH PLAIN", "MAIL FROM", "RCPT TO", "DATA"); "CONN" before EHLO. */
  readonly command: string;
  /** The library's code: "ESOCKET". */
  readonly code: string | null;
  /** The system's: "ECONNREFUSED". */
  readonly systemCode: string | null;
  readonly message: string;
  /** False: the connection was still being opened. */
  readonly opened: boolean;
  /** The server has let the mail's body begin. */
  readonly bodyBegun: boolean;
  /** TLS had failed before this connection was begun, and not worked since. */
  readonly tlsFailedBefore: boolean;
}

/** `attempts`: with this one, how many are worth while. */
type Verdict = readonly [DeliveryErrorType, Disposition, attempts?: number];

interface Reply {
  readonly code: number;
  /** RFC 3463: "5.1.1"; empty when the reply has none. */
  readonly status: string;
  readonly text: string;
  /** The text without the addresses in it, whose words are nobody's reason. */
  readonly words: string;
  readonly command: string;
  readonly opened: boolean;
}

const THROTTLED =
  /too many (?!hops|received)|too (quickly|fast|frequent)|\brate\b|throttl|gr[ea]ylist|(sending|message|connection)s? limit/i;
const QUOTA = /\bquota\b/i;
const MAILBOX = /mailbox|inbox|over ?quota|storage|\b(user|recipient|disk)('s)? quota/i;
// Bounded, because a reply may be a megabyte.
const FULL =
  /\b(over)?quota\b|\b(mailbox|inbox|account|user|recipient)\b.{0,80}\bfull\b|exceeded storage/is;
const POLICY =
  /spam|block(ed|list)|blacklist|denied|polic(y|ies)|reputation|relay|rcpthosts|\bsender\b|authenticat|\b(spf|dkim|dmarc|dnsbl|rbl)\b|prohibit|service unavailable/i;
const ADDRESS = /<[^<>]*>|[^\s<>@]{1,64}@[^\s<>]{1,255}/g;
const LOGIN_CODES = new Set([530, 534, 535]);
// A mailbox that stays full is given up.
const FULL_ATTEMPTS = 3;
const WAIT = /\b(?:in|after|for|wait)\s+(\d{1,5})\s*(s|m|h)(?:ec|in|our|\b)/i;
const WAIT_UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Understands the failure of one try over SMTP: by what the server replied (codes of the login, then
 * throttling text, then the enhanced status of RFC 3463, then reply code and command of RFC 5321), and
 * by the library's code only where there is no reply or the reply does not tell.
 */
export function classifySmtpFailure(failure: SmtpFailure): DeliveryError {
  const reply = parseReply(failure);
  const [type, disposition, maxAttempts] = (reply && byReply(reply)) ??
    byLibraryCode(failure, reply);
  const text = reply?.text ?? failure.message;
  return {
    type,
    disposition,
    code: reply ? `${reply.code} ${reply.status}`.trimEnd() : failure.systemCode ?? failure.code,
    message: toErrorMessage(text),
    retryAfterMs: disposition === "retry" ? waitOf(text) : null,
    beforeRecipient: !failure.opened || failure.command === "MAIL FROM",
    ...failure.bodyBegun && { afterData: true },
    ...!reply && type === "NETWORK" && { noAnswer: true },
    ...maxAttempts && { maxAttempts },
  };
}

function parseReply({ reply, command, opened }: SmtpFailure): Reply | null {
  const match = reply?.match(/^(\d{3})(?:[ -](\d\.\d{1,3}\.\d{1,3})\b)?/);
  if (!reply || !match) return null;
  const words = reply.replaceAll(ADDRESS, " ");
  return { code: Number(match[1]), status: match[2] ?? "", text: reply, words, command, opened };
}

function byReply(reply: Reply): Verdict | null {
  // No login is mended by waiting, however the server words it.
  if (LOGIN_CODES.has(reply.code)) return ["ACCESS_TOKEN", "pause"];
  if (isThrottled(reply)) return ["RATE_LIMIT", "retry"];
  return byStatus(reply) ?? byCommand(reply);
}

function isThrottled({ status, words }: Reply): boolean {
  if (status.endsWith(".2.2")) return false;
  return THROTTLED.test(words) || (QUOTA.test(words) && !MAILBOX.test(words));
}

function byStatus({ status, command }: Reply): Verdict | null {
  const authenticating = command.startsWith("AUTH");
  if (/^4\.[34]\./.test(status)) return ["NETWORK", "retry"];
  // RFC 3207 and RFC 4954 use 4.7.0 for trouble with TLS and with the login.
  if (/^4\.7\./.test(status) && !authenticating && command !== "STARTTLS") {
    return ["RATE_LIMIT", "retry"];
  }
  if (status === "4.5.3") return ["RATE_LIMIT", "retry"];
  if (status === "4.2.2") return ["INVALID_RECIPIENT", "retry", FULL_ATTEMPTS];
  if (/^5\.7\.[89]$/.test(status)) return ["ACCESS_TOKEN", "pause"];
  if (/^5\.(1\.[78]|7\.26)$/.test(status)) return ["PERMISSION", "pause"];
  if (/^5\.(2\.3|3\.4|6\.\d+)$/.test(status)) return ["OTHER", "never"];
  if (command !== "RCPT TO" && command !== "DATA") return null;
  if (/^5\.1\.([1236]|10)$/.test(status)) return ["INVALID_RECIPIENT", "suppress"];
  if (/^5\.2\.[12]$/.test(status)) return ["INVALID_RECIPIENT", "never"];
  if (status === "5.7.1") return ["PERMISSION", "never"];
  return null;
}

function byCommand(reply: Reply): Verdict | null {
  const { code, command, opened } = reply;
  if (code === 421) return ["NETWORK", "retry"];
  if (command.startsWith("AUTH")) return ["ACCESS_TOKEN", code < 500 ? "retry" : "pause"];
  // What refuses the connection says nothing yet about a mail.
  if (!opened) return null;
  if (command === "RCPT TO") return byRecipient(reply);
  if (code < 500) return temporarily(reply);
  return command === "MAIL FROM" ? ["PERMISSION", "pause"] : ["OTHER", "never"];
}

function byRecipient(reply: Reply): Verdict {
  const { code, status, words } = reply;
  const vague = status === "" || status === `${Math.trunc(code / 100)}.0.0`;
  if (vague && FULL.test(words)) {
    return code < 500
      ? ["INVALID_RECIPIENT", "retry", FULL_ATTEMPTS]
      : ["INVALID_RECIPIENT", "never"];
  }
  if (code < 500) return temporarily(reply);
  if (!vague || ![550, 551, 553].includes(code)) return ["OTHER", "never"];
  // A blocked sender must not cost the recipient its place on the list.
  return POLICY.test(words) ? ["PERMISSION", "never"] : ["INVALID_RECIPIENT", "suppress"];
}

function temporarily({ code, status, command }: Reply): Verdict {
  if (code === 454) return ["RATE_LIMIT", "retry"];
  if (command === "RCPT TO" && (code === 450 || /^4\.[12]\./.test(status))) {
    return ["INVALID_RECIPIENT", "retry"];
  }
  // RFC 5321: the server's own error, and its storage.
  if (code === 451 || code === 452) return ["NETWORK", "retry"];
  return [command === "MAIL FROM" ? "PERMISSION" : "OTHER", "retry"];
}

const ACCESS = new Set(["EAUTH", "ENOAUTH", "EOAUTH2"]);
const CONNECTION = new Set(
  ["ECONNECTION", "ETIMEDOUT", "ESOCKET", "EDNS", "EPROXY", "EPROTOCOL", "EFETCH"],
);

function byLibraryCode(failure: SmtpFailure, reply: Reply | null): Verdict {
  const { code, message } = failure;
  if (isTlsFailure(failure)) {
    return ["NETWORK", failure.tlsFailedBefore ? "pause" : "retry"];
  }
  if (code !== null && ACCESS.has(code)) return ["ACCESS_TOKEN", "pause"];
  if (code !== null && CONNECTION.has(code)) {
    return ["NETWORK", failure.bodyBegun && !reply ? "unknown" : "retry"];
  }
  if (code === "EENVELOPE" && /sender/i.test(message)) return ["PERMISSION", "pause"];
  if (code === "EENVELOPE") return ["INVALID_RECIPIENT", "never"];
  return ["OTHER", failure.bodyBegun && !reply ? "unknown" : "never"];
}

/** Whether it was TLS that kept a connection from being opened: its handshake or its certificate. */
export function isTlsFailure({ opened, code, systemCode }: SmtpFailure): boolean {
  if (opened) return false;
  // OpenSSL's names: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT …
  return code === "ETLS" ||
    (systemCode !== null && /CERT|^ERR_(TLS|SSL)_|^EPROTO$/.test(systemCode));
}

function waitOf(text: string): number | null {
  const [, amount, unit] = text.match(WAIT) ?? [];
  return unit ? limitWait(Number(amount) * (WAIT_UNITS_MS[unit.toLowerCase()] ?? 0)) : null;
}
