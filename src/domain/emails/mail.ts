/** Parsed mail, before it is stored. */
export interface ParsedMail {
  /** Message-ID, In-Reply-To and References are without angle brackets. */
  readonly messageId: string | null;
  readonly inReplyTo: string | null;
  /** Oldest first. */
  readonly references: readonly string[];
  readonly from: { readonly address: string; readonly name: string | null };
  /** Reply-To address; null: that of the sender. */
  readonly replyTo: string | null;
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string | null;
  readonly attachmentCount: number;
  readonly date: Date | null;
  /** Values of headers that classify the mail, by name in lower case: auto-submitted, precedence, list-id … */
  readonly headers: ReadonlyMap<string, string>;
}
