import { columnList } from "../../db/columns.ts";
import type { OutboxEvent } from "../outbox/event.ts";

/** URL that gets the events of an organization. */
export interface WebhookEndpoint {
  readonly id: string;
  readonly organizationId: string;
  readonly url: string;
  readonly events: readonly OutboxEvent[];
  readonly enabled: boolean;
  /** Reason of an automatic disabling, for people; null: enabled, or disabled by a person. */
  readonly disabledReason: string | null;
  /** State of its circuit breaker; HALF_OPEN: the next call probes the endpoint. */
  readonly state: "CLOSED" | "OPEN" | "HALF_OPEN";
  /** Time of the next probe; null while the circuit is closed. */
  readonly retryAt: Date | null;
  /** Time of the first failure since the last success; null: the last attempt succeeded. */
  readonly failingSince: Date | null;
  /** Error of the last attempt; null: it succeeded, or there was none. */
  readonly errorType: string | null;
  readonly errorCode: string | null;
  readonly errorMessage: string | null;
  /** End of the time in which calls are signed with the replaced secret, too; null: none was replaced. */
  readonly previousSecretUntil: Date | null;
  readonly createdAt: Date;
}

/** Columns of an endpoint under the names of `WebhookEndpoint`, for the query builder. */
export const ENDPOINT_FIELDS = [
  "id",
  "organization_id as organizationId",
  "url",
  "events",
  "enabled",
  "disabled_reason as disabledReason",
  "retry_at as retryAt",
  "failing_since as failingSince",
  "error_type as errorType",
  "error_code as errorCode",
  "error_message as errorMessage",
  "previous_secret_until as previousSecretUntil",
  "created_at as createdAt",
] as const;

/** SQL: the state of the circuit. HALF_OPEN is not stored, but follows from the time of the probe. */
export const CIRCUIT_STATE =
  "case when state = 'OPEN' and retry_at <= now() then 'HALF_OPEN' else state end";

/** The columns of an endpoint as SQL text. */
export const ENDPOINT_COLUMNS = `${columnList(ENDPOINT_FIELDS)}, ${CIRCUIT_STATE} as state`;
