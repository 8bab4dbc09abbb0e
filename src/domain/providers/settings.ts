import { scrypt } from "node:crypto";
import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { publishProviders } from "./circuit.ts";
import { RECOVER } from "./recovery.ts";

const BYTES = 16;

// Credentials of an operator replace those of the settings, so that a change of the settings has no effect.
// The settings that were refused are compared, too: a process that still has the old ones may have failed
// after the first process started with the new ones.
const CHANGE = statement<[id: string, fingerprint: string], { id: string }>(
  "providers.changeSettings",
  `update providers set fingerprint = $2, epoch = epoch + 1, ${RECOVER}
   where id = $1 and credentials is null
     and (fingerprint <> $2 or (error_pauses and failed_fingerprint <> $2))
   returning id`,
);

const STORE = statement<[id: string, fingerprint: string]>(
  "providers.storeSettings",
  "update providers set fingerprint = $2 where id = $1 and fingerprint is distinct from $2",
);

/**
 * Computes a fingerprint of a provider's settings. It is stored, so each guess of the password in it must
 * cost one scrypt (RFC 7914). The id of the provider is the salt.
 */
export function fingerprintOf(providerId: string, settings: string): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  scrypt(settings, providerId, BYTES, (error, hash) => {
    if (error) reject(error);
    else resolve(new Uint8Array(hash).toBase64());
  });
  return promise;
}

/**
 * Records the settings that a process starts with. Other settings than before, or than those that the
 * provider refused, close its circuit, because its errors are those of the old ones.
 */
export async function recordSettings(
  services: Pick<Services, "db" | "bus">,
  providerId: string,
  fingerprint: string,
): Promise<void> {
  const [changed] = await services.db.run(CHANGE, providerId, fingerprint);
  if (changed) publishProviders(services, [providerId]);
  else await services.db.run(STORE, providerId, fingerprint);
}
