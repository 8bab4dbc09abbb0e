/** Direction of a mail. */
export type EmailDirection = "INBOUND" | "OUTBOUND";

/** Origin of a mail. Only PERSON and FORWARD mails get a suggestion. */
export type EmailKind = "PERSON" | "AUTO_REPLY" | "BOUNCE" | "LIST" | "OWN" | "FORWARD";

/** A stored mail. */
export interface Email {
  readonly id: string;
  readonly organizationId: string;
  /** Null: the mail was imported to learn from. */
  readonly threadId: string | null;
  readonly direction: EmailDirection;
  readonly kind: EmailKind;
  /** Without angle brackets; derived from the content of a mail that has none. */
  readonly messageId: string;
  readonly inReplyTo: string | null;
  readonly referenceIds: readonly string[];
  readonly fromAddress: string;
  readonly fromName: string | null;
  /** Reply-To address; null: that of the sender. */
  readonly replyTo: string | null;
  readonly toAddresses: readonly string[];
  readonly subject: string;
  readonly text: string;
  /** Text without quotes and signature. */
  readonly replyText: string;
  readonly html: string | null;
  readonly attachmentCount: number;
  /** Time at which the mail arrived or was sent; of an imported mail its own date. */
  readonly receivedAt: Date;
  /** Delivery that carried the mail; null: Waybill did not send it. */
  readonly deliveryId: string | null;
  /** Time at which it was last learned from; null: it was not. */
  readonly learnedAt: Date | null;
}

/** A conversation of the inbox with one other party. */
export interface Thread {
  readonly id: string;
  readonly organizationId: string;
  readonly subject: string;
  /** Address of the other party. */
  readonly contactEmail: string;
  readonly lastMessageAt: Date;
  /** Whether no mail of a person waits for an answer. */
  readonly answered: boolean;
}
