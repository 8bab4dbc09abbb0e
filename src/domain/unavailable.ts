import { isCanceled, unavailability } from "../db/sqlstate.ts";

/** The database cannot answer now; the same request may succeed later. */
export interface Unavailable {
  /** Sentence without a full stop: "The database cannot be reached". */
  readonly reason: string;
  /** Time after which to repeat the request, in milliseconds. */
  readonly retryAfterMs: number;
}

// Most outages are a restart or a failover, which take a few seconds.
const RETRY_AFTER_MS = 5_000;

/** Recognizes errors of a database that is away or refuses to work for a time; null for any other error. */
export function unavailableOf(error: unknown): Unavailable | null {
  const reason = unavailability(error);
  return reason === null ? null : { reason, retryAfterMs: RETRY_AFTER_MS };
}

/**
 * True if the database failed for a time, so that an attempt at a job does not count. A statement that was canceled
 * counts, because it may take too long each time.
 */
export function isOutage(error: unknown): boolean {
  return unavailability(error) !== null && !isCanceled(error);
}
