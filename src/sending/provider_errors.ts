import type { DeliveryError } from "../channels/channel.ts";

// Wait after a failure of the database.
const DATABASE_RETRY_MS = 1_000;

/** Error of a provider whose rate limit is used up. */
export const EXHAUSTED: DeliveryError = {
  type: "RATE_LIMIT",
  disposition: "retry",
  code: "LIMIT",
  message: "The rate limit of the provider is used up for now",
  retryAfterMs: null,
  beforeRecipient: true,
};

/** Whether an error says that the rate limit of a provider, as set here, is used up. */
export function isLimitReached({ type, code }: DeliveryError): boolean {
  return type === EXHAUSTED.type && code === EXHAUSTED.code;
}

/** Error of a mail for which no slot of the rate limit could be reserved. */
export function databaseFailure(name: string, error: unknown): DeliveryError {
  return {
    type: "OTHER",
    disposition: "retry",
    code: "DATABASE",
    message: `Cannot reserve a slot of provider ${name}: ${messageOf(error)}`,
    retryAfterMs: DATABASE_RETRY_MS,
    beforeRecipient: true,
  };
}

/** Error of a provider whose stored credentials cannot be decrypted. */
export function unreadableCredentials(error: unknown): DeliveryError {
  return {
    type: "ACCESS_TOKEN",
    disposition: "pause",
    code: "SEALED",
    message: `Cannot read the stored credentials: ${messageOf(error)}`,
    retryAfterMs: null,
    beforeRecipient: true,
  };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
