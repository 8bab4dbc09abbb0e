import { compactDecrypt, CompactEncrypt, decodeProtectedHeader } from "jose";
import { z } from "zod";

/** What opens a provider's door, in place of what the settings say. */
export type Credentials =
  | { readonly user: string; readonly password: string }
  | { readonly accessToken: string };

/** Keeps credentials so that whoever reads the database does not have them. */
export interface Vault {
  /** @param providerId that they are for: sealed for one, they open no other */
  seal(providerId: string, credentials: Credentials): Promise<string>;
  /** @throws {VaultError} */
  open(providerId: string, sealed: string): Promise<Credentials>;
}

/** What is sealed cannot be opened here; the message says why, for people. */
export class VaultError extends Error {
  override readonly name = "VaultError";
}

const sealedSchema = z.object({
  providerId: z.string(),
  credentials: z.union([
    z.object({ user: z.string(), password: z.string() }),
    z.object({ accessToken: z.string() }),
  ]),
});

/**
 * Makes a vault: JWE in its compact form (RFC 7516), encrypted directly by A256GCM.
 *
 * @param readSecret asked for at the first use; any length, the key is its SHA-256
 */
export function createVault(readSecret: () => Promise<string>): Vault {
  let reading: Promise<{ key: Uint8Array; kid: string }> | null = null;
  const keyOf = async () => {
    reading ??= readSecret().then(toKey);
    try {
      return await reading;
    } catch (error) {
      reading = null;
      throw error;
    }
  };
  return {
    async seal(providerId, credentials) {
      const { key, kid } = await keyOf();
      const content = new TextEncoder().encode(JSON.stringify({ providerId, credentials }));
      return await new CompactEncrypt(content)
        .setProtectedHeader({ alg: "dir", enc: "A256GCM", kid }).encrypt(key);
    },
    async open(providerId, sealed) {
      const { key, kid } = await keyOf();
      if (decodeProtectedHeader(sealed).kid !== kid) {
        throw new VaultError("They were sealed under another SECRET_KEY than that of this process");
      }
      const { plaintext } = await compactDecrypt(sealed, key).catch((cause) => {
        throw new VaultError("What is stored was changed, or sealed under another key", { cause });
      });
      const opened = sealedSchema.parse(JSON.parse(new TextDecoder().decode(plaintext)));
      if (opened.providerId !== providerId) throw new VaultError("They are another provider's");
      return opened.credentials;
    },
  };
}

async function toKey(secret: string): Promise<{ key: Uint8Array; kid: string }> {
  const key = await digest(new TextEncoder().encode(secret));
  // Tells keys apart, and nothing about them.
  const kid = (await digest(key)).slice(0, 6).toBase64();
  return { key, kid };
}

async function digest(bytes: Uint8Array<ArrayBuffer>): Promise<Uint8Array<ArrayBuffer>> {
  return new Uint8Array(await crypto.subtle.digest("SHA-256", bytes));
}
