import type { DeliveryErrorType } from "../../channels/channel.ts";

/** What the API shows; SENDING and CANCELLED are derived, see `STORED_STATUSES`. */
export type DeliveryStatus =
  | "PENDING"
  | "SENDING"
  | "SENT"
  | "FAILED"
  | "CANCELLED"
  | "UNKNOWN"
  | "BOUNCED"
  | "COMPLAINED";

/** What to do with a delivery that becomes UNKNOWN: it may have gone out. */
export type OnUnknown = "HOLD" | "RESEND";

/** A failure as it is kept and shown. */
export interface StoredDeliveryError {
  readonly type: DeliveryErrorType;
  readonly code: string | null;
  readonly message: string;
}

/** One recipient of one message. */
export interface Delivery {
  readonly id: string;
  readonly organizationId: string;
  readonly messageId: string;
  /** Number in its message, from 1. */
  readonly n: number;
  readonly batchNumber: number | null;
  readonly address: string;
  readonly name: string | null;
  readonly variables: Record<string, unknown>;
  readonly status: DeliveryStatus;
  /** Attempts that count; a throttled try does not. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly errorType: DeliveryErrorType | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly retryable: boolean;
  readonly provider: string | null;
  readonly providerMessageId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** When it goes out; null once it has. */
  readonly dueAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly sentAt: Date | null;
  readonly failedAt: Date | null;
}

/** One try at a delivery. */
export interface DeliveryAttempt {
  readonly number: number;
  readonly provider: string | null;
  readonly startedAt: Date;
  readonly finishedAt: Date;
  readonly outcome: "SUCCEEDED" | "FAILED" | "UNKNOWN";
  readonly errorType: DeliveryErrorType | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** A delivery that waits in a batch, with what sending it needs. */
export interface PendingDelivery {
  readonly id: string;
  readonly n: number;
  readonly address: string;
  readonly name: string | null;
  readonly variables: Record<string, unknown>;
  readonly attempt: number;
  /** How often its recipient was throttled since its last attempt that counted. */
  readonly deferrals: number;
  /** Until it is due, in milliseconds; 0: it is. */
  readonly dueMs: number;
}

/** A try that failed before another provider was asked. */
export interface EarlierTry {
  readonly provider: string;
  readonly error: StoredDeliveryError;
  readonly durationMs: number;
}

/** How sending one delivery ended. */
export interface EndedDelivery {
  readonly id: string;
  readonly n: number;
  readonly outcome: "SENT" | "FAILED" | "UNKNOWN";
  /** The delivery goes on waiting: it was throttled, held up, or is to be sent again. */
  readonly again: boolean;
  /** Whether the try uses up one of the attempts. */
  readonly counts: boolean;
  /** Whether another attempt may succeed, should there be one left. */
  readonly retryable: boolean;
  /** How long the next attempt is to wait, in milliseconds; null: not at all. */
  readonly waitMs: number | null;
  /** How often its recipient was throttled by now. */
  readonly deferrals: number;
  readonly error: StoredDeliveryError | null;
  readonly provider: string | null;
  readonly providerMessageId: string | null;
  /** From the beginning of the first try to the end of the last. */
  readonly durationMs: number;
  /** Tries before the last one, oldest first. */
  readonly earlier: readonly EarlierTry[];
}
