import { z } from "zod";
import { checkAge, checkHmac, foreignId } from "./webhook.ts";

// Mailgun repeats a request for 8 hours.
const MAX_AGE_MS = 12 * 60 * 60_000;

/** Signature of a request of Mailgun. */
export const mailgunSignature = z.object({
  timestamp: z.string(),
  token: foreignId,
  signature: z.string(),
});

/**
 * Checks a signature of Mailgun. It covers `timestamp` and `token` only, so that the caller must accept a token for
 * one content only.
 *
 * @param signingKeys of which any may have signed
 * @throws {WebhookError} 401
 */
export function checkMailgunSignature(
  signingKeys: readonly string[],
  { timestamp, token, signature }: z.infer<typeof mailgunSignature>,
): void {
  checkHmac(signingKeys, [timestamp, token], [signature]);
  checkAge(Number(timestamp) * 1_000, MAX_AGE_MS);
}
