import type { DeliveryErrorType } from "../../channels/channel.ts";
import type { SuppressionReason } from "../suppressions/suppression.ts";

/** State of a delivery. SENDING and CANCELLED are stored as PENDING, and derived when it is read. */
export type DeliveryStatus =
  | "PENDING"
  | "SENDING"
  | "SENT"
  | "FAILED"
  | "CANCELLED"
  | "UNKNOWN"
  | "BOUNCED"
  | "COMPLAINED"
  | "SUPPRESSED";

/** Handling of a delivery that may have been sent: it stays UNKNOWN, or it is sent again. */
export type OnUnknown = "HOLD" | "RESEND";

/**
 * Start of the retries of failed deliveries: on request (MANUAL), automatically (AUTO), or by the
 * schedules of kind RETRY_FAILED (CRON).
 */
export type RetryMode = "MANUAL" | "AUTO" | "CRON";

/** Wait before a retry of mode AUTO: longer after each attempt (GROWING), or none (IMMEDIATE). */
export type RetryBackoff = "GROWING" | "IMMEDIATE";

/** Error of a delivery or attempt, as it is stored. */
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
  /** Position in its message, from 1. */
  readonly position: number;
  readonly batchNumber: number | null;
  readonly address: string;
  readonly name: string | null;
  readonly variables: Record<string, unknown>;
  readonly status: DeliveryStatus;
  /** Number of attempts that count; a throttled try does not count. */
  readonly attempt: number;
  readonly maxAttempts: number;
  readonly errorType: DeliveryErrorType | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly retryable: boolean;
  /** Reason why the address was on the suppression list, or on its provider's; null unless SUPPRESSED. */
  readonly suppressionReason: SuppressionReason | null;
  readonly provider: string | null;
  readonly providerMessageId: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Time from which it may be sent; null unless it is PENDING or SENDING. */
  readonly dueAt: Date | null;
  readonly lastAttemptAt: Date | null;
  readonly sentAt: Date | null;
  readonly failedAt: Date | null;
}

/** One attempt to send a delivery. */
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

/** PENDING delivery of a batch, with the fields that sending needs. */
export interface PendingDelivery {
  readonly id: string;
  /** Position in its message, from 1. */
  readonly position: number;
  readonly address: string;
  readonly name: string | null;
  readonly variables: Record<string, unknown>;
  /** Number of attempts that count. */
  readonly attempt: number;
  /** Number of tries since the last attempt that counted. */
  readonly deferrals: number;
  /** Time until it is due, in milliseconds; 0: due now. */
  readonly dueMs: number;
}
