import { columnList } from "../../db/columns.ts";
import type { OutboxEvent } from "../outbox/event.ts";

/** PENDING: to be delivered. FAILED: all attempts have failed. */
export type WebhookCallStatus = "PENDING" | "DELIVERED" | "FAILED";

/** One request to an endpoint, with one event or several events of deliveries. */
export interface WebhookCall {
  readonly id: string;
  readonly organizationId: string;
  readonly endpointId: string;
  readonly event: OutboxEvent | typeof TEST_EVENT;
  /** Body of the request: JSON. */
  readonly body: string;
  readonly status: WebhookCallStatus;
  /** Number of all attempts. */
  readonly tries: number;
  readonly createdAt: Date;
  /** Null unless it is PENDING. */
  readonly nextAttemptAt: Date | null;
  /** Of the last attempt; null: there was none, or no response. */
  readonly responseStatus: number | null;
  /** Of the last attempt. */
  readonly durationMs: number | null;
  /** Error of the last attempt; null: it succeeded, or there was none. */
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** One attempt at a call. */
export interface WebhookAttempt {
  /** From 1. */
  readonly number: number;
  readonly startedAt: Date;
  readonly durationMs: number;
  readonly responseStatus: number | null;
  /** Beginning of the body of the response; null: there was no response. */
  readonly response: string | null;
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
}

/** Event of a call that a person makes to test an endpoint. */
export const TEST_EVENT = "TEST";

/** Columns of a call under the names of `WebhookCall`, for the query builder. */
export const CALL_FIELDS = [
  "id",
  "organization_id as organizationId",
  "endpoint_id as endpointId",
  "event",
  "body",
  "status",
  "tries",
  "created_at as createdAt",
  "next_attempt_at as nextAttemptAt",
  "response_status as responseStatus",
  "duration_ms as durationMs",
  "error_type as errorType",
  "error_code as errorCode",
  "error_message as errorMessage",
] as const;

/** The columns of a call as SQL text. */
export const CALL_COLUMNS = columnList(CALL_FIELDS);
