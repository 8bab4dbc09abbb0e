import { type Caller, ownsOrAdministers } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import type { ContactSelection } from "../contacts/recipients.ts";
import type { OnUnknown, RetryBackoff, RetryMode } from "../deliveries/delivery.ts";
import { ConflictError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { StoredSender } from "../mailbox.ts";
import type { MessageStatus } from "../message_status.ts";

/** The content that all recipients get, as Liquid templates. */
export interface Content {
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
}

/** One content that is sent to many recipients. */
export interface Message extends StoredSender {
  readonly id: string;
  readonly organizationId: string;
  readonly userId: string | null;
  readonly title: string;
  readonly channel: MessageChannel;
  readonly type: string;
  readonly lane: "BULK" | "TRANSACTIONAL";
  readonly priority: number;
  readonly status: MessageStatus;
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
  /** Template that the content was copied from; null: written for the message. */
  readonly templateId: string | null;
  readonly templateVersion: number | null;
  readonly audienceId: string | null;
  /** Campaign that adds its recipients; null: none. */
  readonly campaignId: string | null;
  /** Whether its campaign is enabled, so that recipients may be added and it does not end. */
  readonly open: boolean;
  /** Contacts that are its recipients; null: it has inline recipients or an audience. */
  readonly contactSelection: ContactSelection | null;
  /** Last contact that has a delivery; null: none yet. */
  readonly contactsAfter: string | null;
  readonly sendAt: Date | null;
  readonly retryMode: RetryMode;
  readonly maxAttempts: number;
  readonly retryBackoff: RetryBackoff;
  /** Number of rounds after the first pass, automatic or requested. */
  readonly retryRounds: number;
  readonly onUnknown: OnUnknown;
  /** Whether its mails have an unsubscribe link, and unsubscribed recipients do not receive it. */
  readonly unsubscribable: boolean;
  /** Address for replies; null: the sender. */
  readonly replyTo: string | null;
  /** Message-IDs of the mails that it continues, oldest first, without angle brackets; none: it is no reply. */
  readonly references: readonly string[];
  /** Number of recipients; of a message to contacts an estimate until it is planned. */
  readonly recipientCount: number;
  /** Number of recipients that are in batches. */
  readonly plannedCount: number;
  readonly pauseReason: string | null;
  readonly pauseCode: string | null;
  readonly pauseProviderIds: readonly string[] | null;
  readonly pausedAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  readonly startedAt: Date | null;
  readonly finishedAt: Date | null;
}

/** True for the final states of a message. */
export function isFinal(status: MessageStatus): boolean {
  return status === "SENT" || status === "PARTIALLY_SENT" || status === "FAILED" ||
    status === "CANCELLED";
}

/** Whether `pauseMessage` would accept the message. */
export function canPause({ status }: Message): boolean {
  return !isFinal(status) && status !== "PAUSED";
}

/** Whether `resumeMessage` would accept the message. */
export function canResume({ status, campaignId, open }: Message): boolean {
  return status === "PAUSED" && (campaignId === null || open);
}

/** Whether `cancelMessage` would accept the message. */
export function canCancel({ status, campaignId }: Message): boolean {
  return !isFinal(status) && campaignId === null;
}

/** Whether the caller may see and act on the message. */
export function mayAccess(caller: Caller, message: Message): boolean {
  return message.organizationId === caller.organizationId &&
    ownsOrAdministers(caller, message.userId);
}

/** Creates the error of an action that a finished message does not allow. */
export function alreadyFinished(action: string, { id, status }: Message): ConflictError {
  const reason = `Cannot ${action} message ${toTypeId("message", id)}: status is ${status}`;
  if (!isFinal(status)) throw new Error(reason);
  return new ConflictError("ALREADY_FINISHED", reason);
}
