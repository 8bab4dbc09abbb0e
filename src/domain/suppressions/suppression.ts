import type { MessageChannel } from "../channel.ts";

/**
 * Why an address gets nothing any more: a mail to it came back for good, its owner called one unwanted,
 * its server refused it for good, its owner unsubscribed, or a person put it on the list. UNSUBSCRIBED
 * holds back only what can be unsubscribed from.
 */
export type SuppressionReason = "BOUNCED" | "COMPLAINED" | "REFUSED" | "UNSUBSCRIBED" | "MANUAL";

/** An address that gets nothing any more, and why. */
export interface Suppression {
  readonly id: string;
  readonly organizationId: string;
  readonly channel: MessageChannel;
  /** Normalized: see `normalizeAddress`. */
  readonly address: string;
  readonly reason: SuppressionReason;
  /** The delivery that told; null when a person did. */
  readonly deliveryId: string | null;
  readonly createdAt: Date;
}
