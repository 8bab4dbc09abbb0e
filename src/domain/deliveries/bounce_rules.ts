import type { DeliveryErrorType } from "../../channels/channel.ts";

/** What became of a mail after a provider had taken it. */
export type FeedbackKind = "DELIVERED" | "BOUNCED" | "COMPLAINED";

/** What a provider tells later of one delivery. */
export interface Feedback {
  readonly deliveryId: string;
  readonly kind: FeedbackKind;
  readonly errorType: DeliveryErrorType | null;
  /** As the provider says it: "5.1.1"; at most 100 characters. */
  readonly code: string | null;
  readonly message: string | null;
  /** Another attempt may arrive. */
  readonly retryable: boolean;
  /** No other mail to this address will arrive, or is wanted. */
  readonly suppress: boolean;
}

const MAX_CODE_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 512;

/** It has arrived. */
export function delivered(deliveryId: string): Feedback {
  return {
    deliveryId,
    kind: "DELIVERED",
    errorType: null,
    code: null,
    message: null,
    retryable: false,
    suppress: false,
  };
}

/** Its recipient called it unwanted. */
export function complained(deliveryId: string, code: string | null): Feedback {
  return {
    deliveryId,
    kind: "COMPLAINED",
    errorType: "PERMISSION",
    code: code && oneLine(code, MAX_CODE_LENGTH),
    message: "The recipient called it unwanted",
    retryable: false,
    suppress: true,
  };
}

/** What a bounce says. */
export interface Bounce {
  /** Enhanced status of RFC 3463: "5.1.1"; null when it gives none. */
  readonly status: string | null;
  /** Reply code of RFC 5321: 550; null when it gives none. */
  readonly reply: number | null;
  /** Shown as the code where there is no status. */
  readonly reason: string | null;
  readonly text: string;
  /** The provider has given up for good; false: for now. */
  readonly permanent: boolean;
}

/**
 * It came back. A permanent bounce suppresses the address where that is at fault: by the enhanced status
 * (RFC 3463), or by reply code and words where the status does not tell. A full mailbox, and a sender or
 * a mail that is not taken, must not cost the recipient its place on the list.
 */
export function bounced(deliveryId: string, bounce: Bounce): Feedback {
  const { status, reason, permanent } = bounce;
  const message = oneLine(bounce.text, MAX_MESSAGE_LENGTH);
  const [errorType, addressed] = tells(status) ? byStatus(status) : byWords(bounce.reply, message);
  return {
    deliveryId,
    kind: "BOUNCED",
    errorType,
    code: oneLine(status ?? reason ?? (permanent ? "BOUNCED" : "GAVE_UP"), MAX_CODE_LENGTH),
    message,
    retryable: !permanent,
    suppress: permanent && addressed,
  };
}

type Fault = readonly [type: DeliveryErrorType, addressed: boolean];

// "5.0.0" says no more than that it failed.
function tells(status: string | null): status is string {
  return status !== null && !status.endsWith(".0.0");
}

function byStatus(status: string): Fault {
  // Microsoft's for an unknown user, and a domain that there is not.
  if (/^5\.4\.[14]$/.test(status)) return ["INVALID_RECIPIENT", true];
  if (/\.2\.[12]$/.test(status)) return ["INVALID_RECIPIENT", false];
  if (/\.(2\.3|3\.4|6\.\d+)$/.test(status)) return ["OTHER", false];
  if (/\.(1\.[78]|7\.\d+)$/.test(status)) return ["PERMISSION", false];
  if (/\.[34]\.\d+$/.test(status)) return ["NETWORK", false];
  if (/\.5\.\d+$/.test(status)) return ["OTHER", false];
  return ["INVALID_RECIPIENT", true];
}

const ADDRESS = /<[^<>]*>|[^\s<>@]+@[^\s<>]+/g;
const FULL = /quota|\b(mailbox|inbox|account|user|recipient)\b.*\bfull\b|exceeded storage/i;
const POLICY =
  /spam|block(ed|list)|blacklist|denied|polic(y|ies)|reputation|relay|rcpthosts|\bsender\b|authenticat|\b(spf|dkim|dmarc|dnsbl|rbl)\b|prohibit|service unavailable/i;

function byWords(reply: number | null, text: string): Fault {
  // What somebody is called is nobody's reason.
  const words = text.replaceAll(ADDRESS, " ");
  if (reply === 552 || FULL.test(words)) return ["INVALID_RECIPIENT", false];
  if (POLICY.test(words)) return ["PERMISSION", false];
  // RFC 5321 §4.2.2: the transaction has failed, whoever is to blame.
  return reply === 554 ? ["OTHER", false] : ["INVALID_RECIPIENT", true];
}

function oneLine(text: string, maxLength: number): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, maxLength).toWellFormed();
}
