/** What kind of failure a delivery met. */
export type DeliveryErrorType =
  | "ACCESS_TOKEN"
  | "RATE_LIMIT"
  | "NETWORK"
  | "INVALID_RECIPIENT"
  | "PERMISSION"
  | "OTHER";

/**
 * What is to be done about a failure: `retry` may succeed later, `never` will not, `suppress` will not
 * for this address in any message, `pause` fails everything until a person mends it, `unknown` may
 * have been delivered.
 */
export type Disposition = "retry" | "never" | "suppress" | "pause" | "unknown";

/** Class of a failure; `maxAttempts`: attempts in total after which another is in vain. */
export type FailureClass = readonly [
  type: DeliveryErrorType,
  disposition: Disposition,
  maxAttempts?: number,
];

/** A classified failure. */
export interface DeliveryError {
  readonly type: DeliveryErrorType;
  readonly disposition: Disposition;
  /** As the provider says it: "550 5.1.1", "ECONNREFUSED". */
  readonly code: string | null;
  /** At most 512 characters, without line ends and NULs. */
  readonly message: string;
  /** How long the provider asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
  /** True when it is the provider that failed, whoever the recipient: the next would meet the same. */
  readonly beforeRecipient: boolean;
  /** After how many attempts another is in vain; absent: the message alone decides. */
  readonly maxAttempts?: number;
  /** The content had been handed over: it is too late to ask another provider. */
  readonly afterData?: true;
  /** Nobody said a word: the connection ended, or the time was up. */
  readonly noAnswer?: true;
}

/** One mail for one recipient, rendered. */
export interface OutgoingMail {
  /** TypeID of the delivery: Message-ID and X-Waybill-Delivery are derived from it. */
  readonly deliveryId: string;
  readonly to: { readonly address: string; readonly name: string | null };
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  /** Where a POST unsubscribes the recipient; absent: the message is not of a kind that allows it. */
  readonly unsubscribeUrl?: string;
}

/** A try that failed before another provider was asked. */
export interface FailedTry {
  readonly provider: string;
  readonly error: DeliveryError;
  readonly durationMs: number;
}

/** What keeps every mail from going out, not this one alone. */
export interface Obstacle {
  readonly error: DeliveryError;
  /** Those that are to be mended, as they were when they failed. */
  readonly providers: readonly { readonly id: string; readonly epoch: number }[];
}

/** How sending one mail ended. It never throws: whatever happened is an outcome. */
export type SendResult =
  | {
    readonly outcome: "sent";
    readonly provider: string;
    readonly providerMessageId: string;
    readonly earlier?: readonly FailedTry[];
  }
  | {
    readonly outcome: "failed";
    /** Null: none was asked. */
    readonly provider: string | null;
    readonly error: DeliveryError;
    readonly earlier?: readonly FailedTry[];
    /** Null: none, other mails may go out; absent: as the error tells. */
    readonly obstacle?: Obstacle | null;
  }
  /** Nobody was asked: the mail waits as it did. */
  | { readonly outcome: "held"; readonly obstacle: Obstacle };

/** How a mail is sent. */
export interface SendOptions {
  /** Goes before what waits. */
  readonly urgent?: boolean;
  /** Gives the mail up, unless its content is being handed over. */
  readonly signal?: AbortSignal;
}

/** Of a mail that was given up before it was handed over. */
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

/** A way out: email by SMTP, or into files. */
export interface Channel {
  /** How many sends go on at once; more wait inside. */
  readonly connections: number;
  /** What keeps everything from going out now; absent or null: nothing that is known. */
  readonly obstacle?: Obstacle | null;
  send(mail: OutgoingMail, options?: SendOptions): Promise<SendResult>;
  /** Ends idle connections now and the others after their mail. */
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
