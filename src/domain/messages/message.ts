import { type Caller, ownsOrAdministers } from "../access/access.ts";
import type { MessageChannel } from "../channel.ts";
import type { OnUnknown } from "../deliveries/delivery.ts";

export type MessageStatus =
  | "SCHEDULED"
  | "PLANNING"
  | "SENDING"
  | "PAUSED"
  | "SENT"
  | "PARTIALLY_SENT"
  | "FAILED"
  | "CANCELLED";

/** When failed deliveries are tried again: by a person, at once, or every 15 minutes. */
export type RetryMode = "MANUAL" | "AUTO" | "CRON";

/** What everybody gets, as Liquid templates. */
export interface Content {
  readonly subject: string;
  readonly text: string | null;
  readonly html: string | null;
}

/** One text to many recipients. */
export interface Message {
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
  readonly audienceId: string | null;
  readonly sendAt: Date | null;
  readonly retryMode: RetryMode;
  readonly maxAttempts: number;
  /** Retries of what had failed, together; the first pass is none. */
  readonly retryRounds: number;
  readonly onUnknown: OnUnknown;
  /** Recipients may unsubscribe from it, and those who have do not get it. */
  readonly unsubscribable: boolean;
  readonly recipientCount: number;
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

/** True for the states that a message ends in. */
export function isFinal(status: MessageStatus): boolean {
  return status === "SENT" || status === "PARTIALLY_SENT" || status === "FAILED" ||
    status === "CANCELLED";
}

/** Whether `pauseMessage` would be accepted. */
export function canPause({ status }: Message): boolean {
  return !isFinal(status) && status !== "PAUSED";
}

/** Whether `resumeMessage` would be accepted. */
export function canResume({ status }: Message): boolean {
  return status === "PAUSED";
}

/** Whether `cancelMessage` would be accepted. */
export function canCancel({ status }: Message): boolean {
  return !isFinal(status);
}

/** Whether the caller may see and act on the message. */
export function mayAccess(caller: Caller, message: Message): boolean {
  return message.organizationId === caller.organizationId &&
    ownsOrAdministers(caller, message.userId);
}
