import type { MessageChannel } from "../channel.ts";

/**
 * Reason why an address is suppressed: a mail bounced permanently (BOUNCED), the recipient reported spam
 * (COMPLAINED), the provider refused the address permanently (REFUSED), the recipient unsubscribed, or a
 * person decided so (MANUAL). UNSUBSCRIBED applies to unsubscribable messages only.
 */
export type SuppressionReason = "BOUNCED" | "COMPLAINED" | "REFUSED" | "UNSUBSCRIBED" | "MANUAL";

/** Address that receives no messages of a channel. */
export interface Suppression {
  readonly id: string;
  readonly organizationId: string;
  readonly channel: MessageChannel;
  /** Normalized by the rules of the channel. */
  readonly address: string;
  readonly reason: SuppressionReason;
  /** Delivery that caused the suppression; null for MANUAL. */
  readonly deliveryId: string | null;
  readonly createdAt: Date;
}
