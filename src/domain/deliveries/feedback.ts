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
    code: code && toCode(code),
    message: "The recipient called it unwanted",
    retryable: false,
    suppress: true,
  };
}

/** What a bounce says. */
export interface Bounce {
  /** Enhanced status of RFC 3463: "5.1.1"; null when it gives none. */
  readonly status: string | null;
  /** Shown as the code where there is no status. */
  readonly reason: string | null;
  readonly text: string;
  /** The provider has given up for good; false: for now. */
  readonly permanent: boolean;
}

/**
 * It came back. By the enhanced status (RFC 3463) a permanent bounce is the address's fault and
 * suppresses it, unless it says that the mailbox is full, or that it is the sender or the mail that is
 * not taken: that must not cost the recipient its place on the list.
 */
export function bounced(
  deliveryId: string,
  { status, reason, text, permanent }: Bounce,
): Feedback {
  const [errorType, addressed] = byStatus(status ?? "");
  return {
    deliveryId,
    kind: "BOUNCED",
    errorType,
    code: toCode(status ?? reason ?? (permanent ? "BOUNCED" : "GAVE_UP")),
    message: text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, MAX_MESSAGE_LENGTH)
      .toWellFormed(),
    retryable: !permanent,
    suppress: permanent && addressed,
  };
}

function byStatus(status: string): [type: DeliveryErrorType, addressed: boolean] {
  if (/\.2\.2$/.test(status)) return ["INVALID_RECIPIENT", false];
  if (/\.(2\.3|3\.4|6\.\d+)$/.test(status)) return ["OTHER", false];
  if (/\.(1\.[78]|7\.\d+)$/.test(status)) return ["PERMISSION", false];
  if (/\.[34]\.\d+$/.test(status)) return ["NETWORK", false];
  if (/\.5\.\d+$/.test(status)) return ["OTHER", false];
  return ["INVALID_RECIPIENT", true];
}

function toCode(text: string): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, MAX_CODE_LENGTH).toWellFormed();
}
