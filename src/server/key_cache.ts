import { createHash } from "node:crypto";
import { LRUCache } from "lru-cache";
import type { Session } from "../domain/access/access.ts";
import { authenticateKey } from "../domain/access/authenticate.ts";
import type { Services } from "../domain/services.ts";

const MAX_AGE_MS = 1_000;
const MAX_KEYS = 1_000;

/**
 * Creates the authentication by API key. Each key is read at most once a second, because it would otherwise
 * cost each request two round trips to the database.
 *
 * A revoked key is refused as soon as the event of its revocation has arrived, which takes milliseconds; after
 * a second at the latest, if the event is lost.
 *
 * @returns a function like `authenticateKey`
 */
export function createKeyCache(services: Services): (secret: string) => Promise<Session | null> {
  // By hash, so that no secret stays in memory.
  const sessions = new LRUCache<string, Promise<Session | null>>({
    max: MAX_KEYS,
    ttl: MAX_AGE_MS,
  });
  services.bus.subscribe("access", () => sessions.clear());

  const read = (secret: string, hash: string): Promise<Session | null> => {
    const session = authenticateKey(services, secret);
    sessions.set(hash, session);
    const forget = () => {
      if (sessions.peek(hash) === session) sessions.delete(hash);
    };
    // Only usable keys are kept, so that guesses do not displace them.
    session.then((found) => found ?? forget(), forget);
    return session;
  };
  return async (secret) => {
    const hash = createHash("sha256").update(secret).digest("base64");
    const session = await (sessions.get(hash) ?? read(secret, hash));
    return session && !isExpired(session) ? session : null;
  };
}

function isExpired({ expiresAt }: Session): boolean {
  return expiresAt !== null && expiresAt.getTime() <= Date.now();
}
