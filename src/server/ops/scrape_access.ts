import { createHash, timingSafeEqual } from "node:crypto";
import type { Authenticate } from "../authentication.ts";

/** Whether a request may read /metrics. */
export type ScrapeAccess = (request: Request) => Promise<boolean>;

/**
 * Creates the check of requests to /metrics: they have the token, or the key of an OPERATOR.
 *
 * @param token METRICS_TOKEN; null: keys only
 */
export function createScrapeAccess(
  token: string | null,
  authenticate: Authenticate,
): ScrapeAccess {
  const expected = token === null ? null : digestOf(`Bearer ${token}`);
  return async (request) => {
    const credentials = request.headers.get("authorization");
    if (credentials === null) return false;
    // Compared before the database is asked, which may be away.
    if (expected && timingSafeEqual(digestOf(credentials), expected)) return true;
    const session = await authenticate(credentials);
    return session?.caller.role === "OPERATOR";
  };
}

function digestOf(text: string): Uint8Array {
  return createHash("sha256").update(text).digest();
}
