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

/** Class of a failure; `maxAttempts`: number of attempts after which no further one is useful. */
export type FailureClass = readonly [
  type: DeliveryErrorType,
  disposition: Disposition,
  maxAttempts?: number,
];

/** A classified failure. */
export interface DeliveryError {
  readonly type: DeliveryErrorType;
  readonly disposition: Disposition;
  /** Code of the provider or the system: "550 5.1.1", "ECONNREFUSED"; null if there is none. */
  readonly code: string | null;
  /** At most 512 characters, without line ends and NULs. */
  readonly message: string;
  /** Time that the provider asked to wait, in milliseconds; null if it asked for none. */
  readonly retryAfterMs: number | null;
  /** True if the provider failed independently of the recipient: the next mail would fail too. */
  readonly beforeRecipient: boolean;
  /** Number of attempts after which no further one is useful; absent: the setting of the message holds. */
  readonly maxAttempts?: number;
  /** The content was handed over, so another provider must not be tried. */
  readonly afterData?: true;
  /** No reply came: the connection was lost, or the time limit passed. */
  readonly noAnswer?: true;
}

/** Rendered mail for one recipient. */
export interface OutgoingMail {
  /** TypeID of the delivery; Message-ID and X-Waybill-Delivery are derived from it. */
  readonly deliveryId: string;
  readonly to: { readonly address: string; readonly name: string | null };
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  /** URL at which a POST unsubscribes the recipient; absent if the message allows no unsubscribing. */
  readonly unsubscribeUrl?: string;
}

/** Failure at one provider, before another provider was tried. */
export interface FailedTry {
  readonly provider: string;
  readonly error: DeliveryError;
  readonly durationMs: number;
}

/** Cause that holds up all mails, not one alone. */
export interface Obstacle {
  readonly error: DeliveryError;
  /** Providers to correct; `epoch`: their credentials and settings when they failed. */
  readonly providers: readonly { readonly id: string; readonly epoch: number }[];
}

/** Outcome of sending one mail. Every failure is an outcome; `send` does not throw. */
export type SendResult =
  | {
    readonly outcome: "sent";
    readonly provider: string;
    readonly providerMessageId: string;
    readonly earlier?: readonly FailedTry[];
  }
  | {
    readonly outcome: "failed";
    /** Null if no provider was tried. */
    readonly provider: string | null;
    readonly error: DeliveryError;
    readonly earlier?: readonly FailedTry[];
    /** Null: other mails can be sent; absent: as the error's disposition says. */
    readonly obstacle?: Obstacle | null;
  }
  /** No provider was tried, so the delivery stays PENDING and uses no attempt. */
  | { readonly outcome: "held"; readonly obstacle: Obstacle };

/** Options of sending one mail. */
export interface SendOptions {
  /** Sends the mail before all others that wait. */
  readonly urgent?: boolean;
  /** Aborts the mail, unless its content is being handed over. */
  readonly signal?: AbortSignal;
}

/** Outcome of a mail that was aborted before it was handed over. */
export const GIVEN_UP: Extract<SendResult, { outcome: "held" }> = {
  outcome: "held",
  obstacle: {
    providers: [],
    error: {
      type: "NETWORK",
      disposition: "retry",
      code: null,
      message: "The message was not handed over yet",
      retryAfterMs: 1_000,
      beforeRecipient: true,
    },
  },
};

/** Delivery channel: email by SMTP or into files, or Messenger. */
export interface Channel {
  /** Number of mails that are sent at once; further ones wait inside the channel. */
  readonly connections: number;
  /** Cause that holds up all mails now; absent or null if none is known. */
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

/** Limits the time that a provider asks to wait to one day; in milliseconds. */
export function limitWait(ms: number): number {
  return Math.min(ms, MAX_WAIT_MS);
}
