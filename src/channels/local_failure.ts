import type { DeliveryError } from "./channel.ts";
import { AddressError } from "./email/compose.ts";

const MAX_MESSAGE = 512;
const MAX_WAIT_MS = 24 * 60 * 60_000;

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

/** How long to wait at most of what a provider asks for, in milliseconds: a day. */
export function limitWait(ms: number): number {
  return Math.min(ms, MAX_WAIT_MS);
}
