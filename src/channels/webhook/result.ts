/** Error of a call. */
export interface WebhookError {
  /**
   * NETWORK: no response. UNAVAILABLE: the receiver is overloaded or down (429, 502, 503, 504). GONE: it refuses
   * further calls (410). REDIRECT: it named another URL, which is not called. REFUSED: any other status. PRIVATE: the
   * URL leads to a private address, so that it was not called. INTERNAL: this program failed.
   */
  readonly type:
    | "NETWORK"
    | "UNAVAILABLE"
    | "GONE"
    | "REDIRECT"
    | "REFUSED"
    | "PRIVATE"
    | "INTERNAL";
  /** "503", "ECONNREFUSED" … */
  readonly code: string | null;
  /** At most 512 characters. */
  readonly message: string;
  /** Wait that the receiver requires, in milliseconds; null: none. */
  readonly retryAfterMs: number | null;
}

/** Result of one attempt at a call. */
export interface WebhookResult {
  readonly startedAt: Date;
  readonly durationMs: number;
  /** HTTP status; null: no response. */
  readonly status: number | null;
  /** Beginning of the body of the response; null: no response. */
  readonly response: string | null;
  /** Null: the receiver accepted the call by a status from 200 to 299. */
  readonly error: WebhookError | null;
}

const MAX_RETRY_AFTER_MS = 24 * 60 * 60_000;

/** Classifies a response by its status; null: success. */
export function errorOfStatus(status: number, retryAfter: string | undefined): WebhookError | null {
  if (status >= 200 && status <= 299) return null;
  const code = String(status);
  const wait = { code, retryAfterMs: parseRetryAfter(retryAfter) };
  if (status >= 300 && status <= 399) {
    const message = `The receiver answered with a redirect (${code}), which is not followed; ` +
      "change the URL of the endpoint";
    return { type: "REDIRECT", message, ...wait };
  }
  if (status === 410) {
    return { type: "GONE", message: "The receiver wants no more calls (410)", ...wait };
  }
  const unavailable = status === 429 || status >= 502 && status <= 504;
  return {
    type: unavailable ? "UNAVAILABLE" : "REFUSED",
    message: `The receiver answered with the status ${code}`,
    ...wait,
  };
}

/**
 * Reads the header Retry-After: seconds, or a date.
 *
 * @param now present time, in milliseconds since 1970
 * @returns milliseconds, at most a day; null if it is absent or malformed
 */
export function parseRetryAfter(text: string | undefined, now: number = Date.now()): number | null {
  if (text === undefined) return null;
  const ms = /^\d+$/.test(text.trim()) ? Number(text) * 1_000 : Date.parse(text) - now;
  return Number.isNaN(ms) ? null : Math.min(Math.max(ms, 0), MAX_RETRY_AFTER_MS);
}
