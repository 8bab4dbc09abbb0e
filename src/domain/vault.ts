import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from "jose";
import { z } from "zod";

/** Credentials of a provider that replace those of the settings. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly accessToken: string };

/** Secret that signs the calls of a webhook endpoint, or the requests to an inbound webhook. */
export interface SigningSecret {
  readonly signingSecret: string;
}

type KeyOfAny<Union> = Union extends unknown ? keyof Union : never;

/** A field of some provider's credentials. */
export type CredentialField = KeyOfAny<Credentials>;

/** Encrypts credentials, so that the database alone does not reveal them. */
export interface Vault {
  /** @param ownerId provider, endpoint or inbound webhook of the credentials; `open` refuses every other one */
  seal(ownerId: string, credentials: Credentials | SigningSecret): Promise<string>;
  /** @throws {VaultError} if they were sealed under another key or for another owner */
  open(ownerId: string, sealed: string): Promise<Credentials>;
  /** Like `open`, for the secret of a webhook endpoint or an inbound webhook. */
  openSigningSecret(ownerId: string, sealed: string): Promise<string>;
}

/** Sealed credentials cannot be opened. The message is the reason, to follow "Cannot …: ". */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

const sealedSchema = z.object({ providerId: z.string(), credentials: z.unknown() });
const credentialsSchema = z.union([
  z.object({ user: z.string(), password: z.string() }),
  z.object({ accessToken: z.string() }),
]);
const signingSecretSchema = z.object({ signingSecret: z.string() });

/**
 * Creates a vault that writes compact JWE (RFC 7516), encrypted directly with A256GCM.
 *
 * @param readSecret called at the first use, and again after it failed; the key is the SHA-256 of the
 *   secret, which may have any length
 */
export function createVault(readSecret: () => Promise<string>): Vault {
  let reading: Promise<{ key: Uint8Array; kid: string }> | null = null;
  const readKey = async () => {
    reading ??= readSecret().then(toKey);
    try {
      return await reading;
    } catch (error) {
      reading = null;
      throw error;
    }
  };
  const decrypt = async (ownerId: string, sealed: string): Promise<unknown> => {
    const { key, kid } = await readKey();
    if (decodeProtectedHeader(sealed).kid !== kid) {
      throw new VaultError(
        "they were sealed under another SECRET_KEY; set that key, or replace the credentials",
      );
    }
    const { plaintext } = await compactDecrypt(sealed, key).catch((cause) => {
      throw new VaultError("they were altered in the database; replace the credentials", {
        cause,
      });
    });
    const opened = sealedSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
    if (opened.providerId !== ownerId) {
      throw new VaultError("they belong to another provider; replace the credentials");
    }
    return opened.credentials;
  };
  return {
    async seal(providerId, credentials) {
      const { key, kid } = await readKey();
      const content = new TextEncoder().encode(JSON.stringify({ providerId, credentials }));
      return await new CompactEncrypt(content)
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid }).encrypt(key);
    },
    async open(providerId, sealed) {
      return credentialsSchema.parse(await decrypt(providerId, sealed));
    },
    async openSigningSecret(endpointId, sealed) {
      return signingSecretSchema.parse(await decrypt(endpointId, sealed)).signingSecret;
    },
  };
}

async function toKey(secret: string): Promise<{ key: Uint8Array; kid: string }> {
  const key = await digest(new TextEncoder().encode(secret));
  // A hash of the hash, so that it identifies the key without revealing it.
  const kid = (await digest(key)).slice(0, 6).toBase64();
  return { key, kid };
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
