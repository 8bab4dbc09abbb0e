import type { DeliveryErrorType } from "../../channels/channel.ts";
import type { BounceClass } from "../../channels/email/replies.ts";

/** State of a mail after a provider accepted it. */
export type FeedbackKind = "DELIVERED" | "BOUNCED" | "COMPLAINED";

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
  /** True if no other mail to this address will arrive, or is wanted. */
  readonly suppress: boolean;
}

/** Classified bounce of a mail. */
export interface Bounce extends BounceClass {
  /** Code for a bounce with neither `code` nor `status`. */
  readonly reason: string | null;
  readonly text: string;
}

const MAX_CODE_LENGTH = 100;
const MAX_MESSAGE_LENGTH = 512;

/** Builds the feedback that a mail reached the recipient's server. */
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

/** Builds the feedback that the recipient reported a mail as unwanted. */
export function complained(deliveryId: string, code: string | null): Feedback {
  return {
    deliveryId,
    kind: "COMPLAINED",
    errorType: "PERMISSION",
    code: code && oneLine(code, MAX_CODE_LENGTH),
    message: "The recipient reported the mail as unwanted",
    retryable: false,
    suppress: true,
  };
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
    suppress: disposition === "suppress",
  };
}

function oneLine(text: string, maxLength: number): string {
  return text.replaceAll(/[\p{Cc}\s]+/gu, " ").trim().slice(0, maxLength).toWellFormed();
}
