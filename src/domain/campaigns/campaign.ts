import type { Message } from "../messages/message.ts";
import type { OpenContent } from "../messages/open.ts";

/** Event that sends the mail of a campaign: the sign-up of each contact, or one date for all. */
export type CampaignTrigger = "SIGNUP" | "DATE";

/** A mail that is sent to each contact once. Its deliveries belong to its message. */
export interface Campaign extends OpenContent {
  readonly id: string;
  readonly organizationId: string;
  readonly messageId: string;
  /** Free name, for reports and fair scheduling. */
  readonly type: string;
  readonly name: string;
  readonly trigger: CampaignTrigger;
  /** DATE: time from which its mails are sent; null otherwise. */
  readonly sendAt: Date | null;
  /** IANA time zone in which `sendAt` was given; null: given as an instant. */
  readonly timezone: string | null;
  readonly enabled: boolean;
  /** Whether contacts that were created after `sendAt` get a mail of trigger DATE. */
  readonly sendToLateContacts: boolean;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** Lane of the mails: a sign-up never waits behind the mails of a date. */
export const LANES: Readonly<Record<CampaignTrigger, Message["lane"]>> = {
  SIGNUP: "TRANSACTIONAL",
  DATE: "BULK",
};
