import { Buffer } from "node:buffer";
import { createHmac, timingSafeEqual } from "node:crypto";
import { z } from "zod";
import { parseTypeId } from "../../domain/id.ts";

/**
 * A webhook request is rejected: 400 unreadable, 401 wrong or expired signature, 403 unknown topic, 503
 * the sender must repeat the request.
 */
export class WebhookError extends Error {
  override readonly name = "WebhookError";

  constructor(readonly status: 400 | 401 | 403 | 503, message: string, options?: ErrorOptions) {
    super(message, options);
  }
}

/**
 * Checks an HMAC-SHA256 signature in constant time.
 *
 * @param keys of which any may have signed
 * @param signed the signed parts, in order
 * @param signatures in hex, of which one must match
 * @throws {WebhookError} 401
 */
export function checkHmac(
  keys: readonly string[],
  signed: readonly (string | Uint8Array)[],
  signatures: readonly string[],
): void {
  for (const key of keys) {
    const hmac = createHmac("sha256", key);
    for (const part of signed) hmac.update(part);
    const expected = hmac.digest();
    for (const signature of signatures) {
      const actual = Buffer.from(signature, "hex");
      if (actual.length === expected.length && timingSafeEqual(actual, expected)) return;
    }
  }
  throw new WebhookError(
    401,
    "The signature is missing or does not match the body and the configured key",
  );
}

const MAX_SIGNATURE_AGE_MS = 5 * 60_000;
// Each signature costs a comparison only, but a header may have thousands.
const MAX_SIGNATURES = 10;

/**
 * Checks the header `X-Waybill-Signature: t=<unix>,v1=<hex HMAC-SHA256 of "t.body">`. It may contain several
 * signatures, of an old and a new secret. It must not be older than 5 minutes.
 *
 * @param secrets of which any may have signed
 * @param body as it was received
 * @throws {WebhookError} 401
 */
export function checkSignature(
  secrets: readonly string[],
  headers: Headers,
  body: Uint8Array,
): void {
  const entries = (headers.get("x-waybill-signature") ?? "").split(",").map((e) => e.trim());
  const [time = ""] = entries.flatMap((entry) => /^t=(\d{1,12})$/.exec(entry)?.[1] ?? []);
  const signatures = entries.flatMap((entry) => /^v1=([0-9a-f]{64})$/i.exec(entry)?.[1] ?? []);
  checkHmac(secrets, [`${time}.`, body], signatures.slice(0, MAX_SIGNATURES));
  checkAge(Number(time) * 1_000, MAX_SIGNATURE_AGE_MS);
}

// Clocks may differ by this time. A signature from further in the future is refused, because it could be
// replayed until then.
const MAX_AHEAD_MS = 5 * 60_000;

/** Id that another system assigned: 1 to 200 printable ASCII characters. */
export const foreignId = z.string().regex(/^[\x21-\x7e]{1,200}$/);

/**
 * Checks the age of a signature.
 *
 * @param at time of signing, in milliseconds since 1970
 * @param maxAgeMs maximum age, in milliseconds
 * @throws {WebhookError} 401
 */
export function checkAge(at: number, maxAgeMs: number): void {
  const age = Date.now() - at;
  if (age <= maxAgeMs && age >= -MAX_AHEAD_MS) return;
  throw new WebhookError(401, "The signature is too old, or its time is in the future");
}

/**
 * Parses a body as JSON.
 *
 * @throws {WebhookError} 400
 */
export function parseJson(body: string | Uint8Array): unknown {
  try {
    return JSON.parse(typeof body === "string" ? body : new TextDecoder().decode(body));
  } catch (cause) {
    throw new WebhookError(400, "Cannot read the body: it is not JSON", { cause });
  }
}

/** Returns a Diagnostic-Code (RFC 3464 §2.3.6) without its type: "smtp; 550 5.1.1 No such user". */
export function diagnosticText(field = ""): string {
  return field.replace(/^\s*[\w-]+\s*;\s*/, "").trim();
}

/** Finds the first delivery that the texts name; returns its database id, or null if there is none. */
export function findDeliveryId(texts: readonly (string | null | undefined)[]): string | null {
  for (const text of texts) {
    for (const [typeId] of text?.matchAll(/dlv_[0-9a-z]{26}/g) ?? []) {
      const parsed = parseTypeId(typeId);
      if (parsed) return parsed.id;
    }
  }
  return null;
}
