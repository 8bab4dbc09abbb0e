import { type DeliveryError, type FailureClass, limitWait, toErrorMessage } from "../channel.ts";
import { classifyReply, parseReply } from "./replies.ts";
import type { Stage } from "./reply_rules.ts";

/** Facts about a failed attempt. */
export interface SmtpFailure {
  /** Whole reply of the server; null if none came. */
  readonly reply: string | null;
  /** Command that the reply answers: "AUTH PLAIN", "MAIL FROM"; "CONN" before EHLO. */
  readonly command: string;
  /** Code of nodemailer: "ESOCKET"; or "SMTPUTF8" if the server lacks that extension. */
  readonly code: string | null;
  /** Code of the operating system: "ECONNREFUSED". */
  readonly systemCode: string | null;
  readonly message: string;
  /** False if the failure occurred before the connection was open and logged in. */
  readonly opened: boolean;
  /** True once the server accepted DATA and the body was being sent. */
  readonly bodyBegun: boolean;
  /** True if the previous connection failed at TLS too. */
  readonly tlsFailedBefore: boolean;
}

const WAIT = /\b(?:in|after|for|wait)\s+(\d{1,5})\s*(s|m|h)(?:ec|in|our|\b)/i;
const WAIT_UNITS_MS: Record<string, number> = { s: 1_000, m: 60_000, h: 3_600_000 };

/**
 * Classifies the failure of one attempt over SMTP: by the server's reply (see replies.ts), and by the
 * library's code only if there is no reply or the reply names no cause.
 */
export function classifySmtpFailure(failure: SmtpFailure): DeliveryError {
  const reply = failure.reply === null ? null : parseReply(failure.reply, stageOf(failure));
  const [type, disposition, traits] = (reply && classifyReply(reply)) ??
    classifyLibraryCode(failure);
  const text = reply ? failure.reply ?? "" : failure.message;
  return {
    ...traits,
    type,
    disposition,
    code: traits?.code ??
      (reply ? `${reply.code} ${reply.status}`.trimEnd() : failure.systemCode ?? failure.code),
    message: toErrorMessage(text),
    retryAfterMs: disposition === "retry" ? findWait(text) : null,
    beforeRecipient: !failure.opened || failure.command === "MAIL FROM",
    ...failure.bodyBegun && { afterData: true },
    ...!reply && type === "NETWORK" && { noAnswer: true },
  };
}

/**
 * Error of a mail whose content was transmitted, and got no reply yet.
 *
 * @param isSilent whether the server has accepted no other mail meanwhile, so that it counts as failed
 */
export function unanswered(isSilent: boolean): DeliveryError {
  return {
    type: "NETWORK",
    disposition: "unknown",
    code: "ETIMEDOUT",
    message: "The server has not replied to the content of the mail yet",
    retryAfterMs: null,
    beforeRecipient: false,
    afterData: true,
    ...isSilent && { noAnswer: true },
  };
}

function stageOf({ command, opened }: SmtpFailure): Stage {
  if (command.startsWith("AUTH")) return "AUTH";
  if (command === "STARTTLS") return "STARTTLS";
  if (!opened) return "OPEN";
  if (command === "MAIL FROM") return "MAIL";
  return command === "RCPT TO" ? "RCPT" : "DATA";
}

const ACCESS = new Set(["EAUTH", "ENOAUTH", "EOAUTH2"]);
const CONNECTION = new Set(
  ["ECONNECTION", "ETIMEDOUT", "ESOCKET", "EDNS", "EPROXY", "EPROTOCOL", "EFETCH"],
);

function classifyLibraryCode(failure: SmtpFailure): FailureClass {
  const { code, message } = failure;
  const isConnection = code !== null && CONNECTION.has(code);
  // The server may have accepted the mail, whatever failed after the body was begun.
  if (failure.bodyBegun) return [isConnection ? "NETWORK" : "OTHER", "unknown"];
  if (isTlsFailure(failure)) {
    return ["NETWORK", failure.tlsFailedBefore ? "pause" : "retry"];
  }
  if (code === "SMTPUTF8") return ["INVALID_RECIPIENT", "never", { providerLacks: true }];
  if (code !== null && ACCESS.has(code)) return ["ACCESS_TOKEN", "pause"];
  if (isConnection) return ["NETWORK", "retry"];
  if (code === "EENVELOPE" && /sender/i.test(message)) return ["PERMISSION", "pause"];
  if (code === "EENVELOPE") return ["INVALID_RECIPIENT", "never"];
  return ["OTHER", "never"];
}

/**
 * Returns true if the handshake or the certificate of TLS prevented a connection, or if the server refused STARTTLS
 * permanently.
 */
export function isTlsFailure({ opened, reply, code, systemCode }: SmtpFailure): boolean {
  if (opened || (reply !== null && parseReply(reply, "STARTTLS")?.permanent === false)) {
    return false;
  }
  // Names of OpenSSL: CERT_HAS_EXPIRED, DEPTH_ZERO_SELF_SIGNED_CERT …
  return code === "ETLS" ||
    (systemCode !== null && /CERT|^ERR_(TLS|SSL)_|^EPROTO$/.test(systemCode));
}

function findWait(text: string): number | null {
  const [, amount, unit] = text.match(WAIT) ?? [];
  return unit ? limitWait(Number(amount) * (WAIT_UNITS_MS[unit.toLowerCase()] ?? 0)) : null;
}
