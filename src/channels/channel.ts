/** Type of a failure of a delivery. */
export type DeliveryErrorType =
  | "ACCESS_TOKEN"
  | "RATE_LIMIT"
  | "NETWORK"
  | "INVALID_RECIPIENT"
  | "PERMISSION"
  | "OTHER";

/**
 * Consequence of a failure: `retry`: another attempt may succeed; `never`: no attempt of this delivery
 * will succeed; `suppress`: no mail to this address will; `pause`: every mail fails until a person
 * corrects the cause; `unknown`: the mail may have been delivered.
 */
export type Disposition = "retry" | "never" | "suppress" | "pause" | "unknown";

/** Class of a failure. */
export type FailureClass = readonly [
  type: DeliveryErrorType,
  disposition: Disposition,
  traits?: FailureTraits,
];

/** Further facts about a failure that its class determines. */
export interface FailureTraits {
  /** Number of attempts after which no further one is useful; absent: the message's setting applies. */
  readonly maxAttempts?: number;
  /** Code that replaces the provider's own, because many servers report the same cause by other codes. */
  readonly code?: "MAILBOX_FULL";
  /** The reply refuses the sender, so that most other recipients will refuse it, too. */
  readonly refusesSender?: true;
  /** The provider cannot transmit this mail, but another provider may. */
  readonly providerLacks?: true;
}

/** A classified failure. */
export interface DeliveryError extends Omit<FailureTraits, "code"> {
  readonly type: DeliveryErrorType;
  readonly disposition: Disposition;
  /** Code of the provider or the system: "550 5.1.1", "ECONNREFUSED"; null if there is none. */
  readonly code: string | null;
  /** At most 512 characters, without line ends and NULs. */
  readonly message: string;
  /** Wait that the provider's reply requires, in milliseconds; null if it names none. */
  readonly retryAfterMs: number | null;
  /** True if the provider failed independently of the recipient: the next mail would fail too. */
  readonly beforeRecipient: boolean;
  /** The content was transmitted, so another provider must not be tried: it could send a second copy. */
  readonly afterData?: true;
  /** No reply came: the connection was lost, or the time limit passed. */
  readonly noAnswer?: true;
}

/** Headers of a mail that its message decides. */
export interface MailHeaders {
  /** Sender in place of that of the provider, to which bounces still go; absent: that of the provider. */
  readonly from?: { readonly address: string; readonly name: string | null };
  /** Address for replies; absent: the sender. */
  readonly replyTo?: string;
  /**
   * Message-IDs of the mails that it continues, oldest first, without angle brackets; it answers the last one. Absent:
   * it is no reply.
   */
  readonly references?: readonly string[];
}

/** Rendered mail for one recipient. */
export interface OutgoingMail extends MailHeaders {
  /** TypeID of the delivery; Message-ID and X-Waybill-Delivery are derived from it. */
  readonly deliveryId: string;
  readonly to: { readonly address: string; readonly name: string | null };
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  /** URL at which a POST unsubscribes the recipient; absent if the message allows no unsubscribing. */
  readonly unsubscribeUrl?: string;
  /** First label of List-Id, which the domain of the sender follows; used with `unsubscribeUrl` only. */
  readonly listId?: string;
}

/** Failure at one provider, before another provider was tried. */
export interface FailedTry {
  readonly provider: string;
  readonly error: DeliveryError;
  readonly durationMs: number;
}

/** Cause that prevents sending of all mails, not only of one. */
export interface Obstacle {
  readonly error: DeliveryError;
  /** Providers to reconfigure, each with the epoch in which it failed. */
  readonly providers: readonly { readonly id: string; readonly epoch: number }[];
  /** Provider that has the error; absent: none, or several. */
  readonly providerId?: string;
}

/** Outcome of sending one mail. Every failure is an outcome; `send` does not throw. */
export type SendResult =
  | {
    readonly outcome: "sent";
    readonly provider: string;
    readonly providerMessageId: string;
    /** Failures at the providers that were tried before this one. */
    readonly earlier?: readonly FailedTry[];
  }
  | {
    readonly outcome: "failed";
    /** Null if no provider was tried. */
    readonly provider: string | null;
    readonly error: DeliveryError;
    readonly earlier?: readonly FailedTry[];
    /** Null: other mails can be sent; absent: the disposition of the error decides. */
    readonly obstacle?: Obstacle | null;
    /** Result that replaces this one, which is `unknown`, when the provider replies late; never rejects. */
    readonly later?: Promise<SendResult>;
  }
  /** No provider was tried, so the delivery stays PENDING and uses no attempt. */
  | { readonly outcome: "held"; readonly obstacle: Obstacle };

/** Options of sending one mail. */
export interface SendOptions {
  /** Sends the mail before all waiting mails that are not urgent. */
  readonly urgent?: boolean;
  /** Aborts the mail, or the wait for the reply if its content is being transmitted. */
  readonly signal?: AbortSignal;
  /**
   * Time after which the mail fails if no connection is open, in milliseconds; absent: it waits as long as
   * opening one may take. The mail does not fail while other mails are being sent.
   */
  readonly acquireTimeoutMs?: number;
}

/** Outcome of a mail that was aborted before its content was transmitted. */
export const ABORTED_RESULT: Extract<SendResult, { outcome: "held" }> = {
  outcome: "held",
  obstacle: {
    providers: [],
    error: {
      type: "NETWORK",
      disposition: "retry",
      code: null,
      message: "The message was aborted before it was sent",
      retryAfterMs: 1_000,
      beforeRecipient: true,
    },
  },
};

/** Delivery channel: email by SMTP or into files, or Messenger. */
export interface Channel {
  /** Number of mails that are sent at once; further ones wait inside the channel. */
  readonly connections: number;
  /** Cause that prevents sending of all mails at present; absent or null if none is known. */
  readonly obstacle?: Obstacle | null;
  /** Sends one mail; never rejects. */
  send(mail: OutgoingMail, options?: SendOptions): Promise<SendResult>;
  /** Closes idle connections now and the others after their mail. */
  close(): Promise<void>;
}

const MAX_MESSAGE = 512;
const MAX_WAIT_MS = 24 * 60 * 60_000;

/** Shortens a text to the one line that `DeliveryError.message` holds. */
export function toErrorMessage(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim().slice(0, MAX_MESSAGE);
}

/** Limits a wait that a provider requires to one day; in milliseconds. */
export function limitWait(ms: number): number {
  return Math.min(ms, MAX_WAIT_MS);
}
