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

/** A failure, understood. */
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

/** How one try ended. It never throws: whatever happened is an outcome. */
export type SendResult =
  | { readonly outcome: "sent"; readonly provider: string; readonly providerMessageId: string }
  | {
    readonly outcome: "failed";
    /** Null: none was asked. */
    readonly provider: string | null;
    readonly error: DeliveryError;
  };

/** A way out: email by SMTP, or into files. */
export interface Channel {
  /** "smtp.example.com:587" or "capture": shown with each attempt. */
  readonly name: string;
  /** How many sends go on at once; more wait inside. */
  readonly connections: number;
  /** Sends one mail; `urgent` goes before what waits. */
  send(mail: OutgoingMail, urgent?: boolean): Promise<SendResult>;
  /** Ends idle connections now and the others after their mail. */
  close(): Promise<void>;
}
