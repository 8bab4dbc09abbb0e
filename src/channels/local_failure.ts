import type { DeliveryError } from "./channel.ts";
import { AddressError } from "./compose.ts";

const MAX_MESSAGE = 512;

/** Understands what went wrong on this side, before any server had its say. */
export function classifyLocalFailure(error: unknown): DeliveryError {
  const refused = error instanceof AddressError;
  return {
    type: refused ? "INVALID_RECIPIENT" : "OTHER",
    disposition: refused ? "never" : "retry",
    code: null,
    message: toErrorMessage(error instanceof Error ? error.message : String(error)),
    retryAfterMs: null,
    beforeRecipient: false,
  };
}

/** One line of bounded length, as the database and the log want it. */
export function toErrorMessage(text: string): string {
  return text.replace(/[\s\p{Cc}]+/gu, " ").trim().slice(0, MAX_MESSAGE);
}
