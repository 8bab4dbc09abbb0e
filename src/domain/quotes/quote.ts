/** State of a quote. */
export type QuoteStatus = "PENDING" | "AI_PROCESSING" | "AI_QUOTED" | "AI_ERROR";

/** All states of a quote, in the order in which it can pass them. */
export const QUOTE_STATUSES: readonly QuoteStatus[] = [
  "PENDING",
  "AI_PROCESSING",
  "AI_QUOTED",
  "AI_ERROR",
];

/** One item of an estimate. Numbers are decimals as text, so that no digit is lost. */
export interface EstimateLine {
  readonly description: string;
  readonly quantity: string;
  readonly unitPrice: string;
}

/** Estimate of the language model. All amounts are in one currency. */
export interface Estimate {
  readonly currency: string;
  readonly lineItems: readonly EstimateLine[];
  readonly total: string;
  /** Assumptions and open questions; null: none. */
  readonly notes: string | null;
}

/** A request of a customer, with the estimate of the model. */
export interface Quote {
  readonly id: string;
  readonly organizationId: string;
  readonly contactId: string;
  readonly customerName: string;
  readonly customerEmail: string;
  readonly request: string;
  readonly status: QuoteStatus;
  /** Fence of the job that processes it; null: it is not processed. */
  readonly lockToken: number | null;
  readonly lockedAt: Date | null;
  /** Whether the processing began more than 30 minutes ago. */
  readonly lockStale: boolean;
  /** Latest job that processes the quote; null: none was started. */
  readonly jobId: string | null;
  readonly aiProcessingStartedAt: Date | null;
  readonly aiProcessedAt: Date | null;
  readonly estimate: Estimate | null;
  /** Version of the prompt that made the estimate. */
  readonly promptId: string | null;
  /** AI_ERROR: type of the failure; null otherwise. */
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  readonly customerDeliveryId: string | null;
  readonly adminDeliveryId: string | null;
  /** Reason why no mail to the admin was created; null otherwise. */
  readonly adminSkipped: string | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}
