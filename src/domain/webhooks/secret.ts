import { randomBytes } from "node:crypto";
import { ConflictError } from "../errors.ts";
import type { Services } from "../services.ts";

// The length of the keys that Standard Webhooks recommends: 24 to 64 bytes.
const BYTES = 32;

/** A new signing secret: for its owner, and encrypted for the database. */
export interface NewSecret {
  readonly secret: string;
  readonly sealed: string;
}

/**
 * Makes a signing secret, "whsec_" and base64.
 *
 * @throws {ConflictError} NOT_CONFIGURED if this process cannot encrypt it
 */
export async function newSecret({ vault }: Services, endpointId: string): Promise<NewSecret> {
  if (!vault) {
    throw new ConflictError("NOT_CONFIGURED", "Cannot encrypt the secret: SECRET_KEY is missing");
  }
  const secret = `whsec_${randomBytes(BYTES).toString("base64")}`;
  return { secret, sealed: await vault.seal(endpointId, { signingSecret: secret }) };
}

/**
 * Decrypts the signing secrets of an endpoint.
 *
 * @throws {VaultError} if they were encrypted under another key
 */
export async function openSecrets(
  { vault }: Services,
  endpointId: string,
  sealed: readonly string[],
): Promise<string[]> {
  if (!vault) throw new Error("Cannot sign calls: this process was started without a vault");
  return await Promise.all(sealed.map((text) => vault.openSigningSecret(endpointId, text)));
}
