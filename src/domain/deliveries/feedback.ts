import type { DeliveryErrorType } from "../../channels/channel.ts";
import type { BounceClass } from "../../channels/email/replies.ts";
import type { SuppressionReason } from "../suppressions/suppression.ts";

/** State of a mail after a provider accepted it. */
export type FeedbackKind = "DELIVERED" | "BOUNCED" | "COMPLAINED" | "UNSUBSCRIBED" | "SUPPRESSED";

/** Later report of a provider about one delivery. */
export interface Feedback {
  readonly deliveryId: string;
  readonly kind: FeedbackKind;
  readonly errorType: DeliveryErrorType | null;
  /** Code of the provider: "5.1.1"; at most 100 characters. */
  readonly code: string | null;
  /** At most 512 characters, on one line. */
  readonly message: string | null;
  /** True if another attempt may succeed. */
  readonly retryable: boolean;
  /** Number of attempts after which no further one is useful; null: the message's setting applies. */
  readonly maxAttempts: number | null;
  /** True for a temporary bounce, which is no failure of a mail that was delivered. */
  readonly transient: boolean;
  /** Reason to add the address to the suppression list; null: it is not added. */
  readonly suppressAs: SuppressionReason | null;
}

/** Classified bounce of a mail. */
export interface Bounce extends BounceClass {
  /** Code for a bounce with neither `code` nor `status`. */
  readonly reason: string | null;
  readonly text: string;
  /** True if the provider calls the bounce temporary; absent: if another attempt may succeed. */
  readonly transient?: boolean;
}

const MAX_CODE_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 512;

const NO_FAILURE = {
  errorType: null,
  code: null,
  message: null,
  retryable: false,
  maxAttempts: null,
  transient: false,
} as const;

/** Builds the feedback that a mail reached the recipient's server. */
export function delivered(deliveryId: string): Feedback {
  return { ...NO_FAILURE, deliveryId, kind: "DELIVERED", suppressAs: null };
}

/** Builds the feedback that the recipient unsubscribed by a link of the provider. */
export function unsubscribed(deliveryId: string): Feedback {
  return { ...NO_FAILURE, deliveryId, kind: "UNSUBSCRIBED", suppressAs: "UNSUBSCRIBED" };
}

/** Builds the feedback that the recipient reported a mail as unwanted. */
export function complained(deliveryId: string, code: string | null): Feedback {
  return {
    deliveryId,
    kind: "COMPLAINED",
    errorType: "PERMISSION",
    code: code && oneLine(code, MAX_CODE_LENGTH),
    message: "The recipient reported the mail as unwanted",
    retryable: false,
    maxAttempts: null,
    transient: false,
    suppressAs: "COMPLAINED",
  };
}

/**
 * Builds the feedback that a provider did not send a mail, because the address is on its own list. After an
 * unsubscription or complaint this is no failure: the delivery ends as if the address had been on our list.
 *
 * @param listedAs reason of that list, with which the address is added to ours
 */
export function withheld(
  deliveryId: string,
  listedAs: SuppressionReason,
  code: string,
  text: string,
): Feedback {
  if (listedAs !== "BOUNCED") {
    return { ...NO_FAILURE, deliveryId, kind: "SUPPRESSED", suppressAs: listedAs };
  }
  return bounced(deliveryId, {
    type: "INVALID_RECIPIENT",
    disposition: "suppress",
    status: null,
    reason: code,
    text,
  });
}

/** Builds the feedback that a mail bounced. */
export function bounced(deliveryId: string, bounce: Bounce): Feedback {
  const { type, disposition, reason, text } = bounce;
  const retryable = disposition === "retry";
  const code = bounce.code ?? bounce.status ?? reason ?? (retryable ? "GAVE_UP" : "BOUNCED");
  return {
    deliveryId,
    kind: "BOUNCED",
    errorType: type,
    code: oneLine(code, MAX_CODE_LENGTH),
    message: oneLine(text, MAX_MESSAGE_LENGTH),
    retryable,
    maxAttempts: bounce.maxAttempts ?? null,
    transient: bounce.transient ?? retryable,
    suppressAs: disposition === "suppress" ? "BOUNCED" : null,
  };
}

function oneLine(text: string, maxLength: number): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, maxLength).toWellFormed();
}
