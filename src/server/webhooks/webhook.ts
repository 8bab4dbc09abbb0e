import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { parseTypeId } from "../../domain/id.ts";

/**
 * A webhook that is not taken: 400 unreadable, 401 not who it says it is, or too old, 403 not wanted, 503
 * not now: it is to be told again.
 */
export class WebhookError extends Error {
  override readonly name = "WebhookError";

  constructor(readonly status: 400 | 401 | 403 | 503, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Holds a signature against what it should be, in constant time.
 *
 * @param signed the parts that were signed, in order
 * @param signature in hex
 * @throws {WebhookError} 401
 */
export function checkHmac(
  key: string,
  signed: readonly (string | Uint8Array)[],
  signature: string,
): void {
  const hmac = createHmac("sha256", key);
  for (const part of signed) hmac.update(part);
  const expected = hmac.digest();
  const given = Buffer.from(signature, "hex");
  if (given.length === expected.length && timingSafeEqual(given, expected)) return;
  throw new WebhookError(401, "The signature is not that of the body under our key");
}

// Clocks differ; what is signed for later could be told long after.
const MAX_AHEAD_MS = 5 * 60_000;

/** An id that somebody else has made: anything that can be kept and shown. */
export const foreignId = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/**
 * @param at when it was signed, in milliseconds since 1970
 * @param maxAgeMs how long ago that may be
 * @throws {WebhookError} 401
 */
export function checkAge(at: number, maxAgeMs: number): void {
  const age = Date.now() - at;
  if (age <= maxAgeMs && age >= -MAX_AHEAD_MS) return;
  throw new WebhookError(401, "The signature is too old, or from a clock that is wrong");
}

/** @throws {WebhookError} 400 */
export function parseJson(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch (cause) {
    throw new WebhookError(400, "The body is not JSON", { cause });
  }
}

/** The first delivery that one of the texts names, by its database id; null: none does. */
export function findDeliveryId(texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    for (const [typeId] of text?.matchAll(/dlv_[0-9a-z]{26}/g) ?? []) {
      const parsed = parseTypeId(typeId);
      if (parsed) return parsed.id;
    }
  }
  return null;
}
