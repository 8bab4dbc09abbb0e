/** Type of a failed call to the model. */
export type ModelErrorType = "ACCESS_TOKEN" | "RATE_LIMIT" | "NETWORK" | "PERMISSION" | "OTHER";

/**
 * Consequence of a failed call: `retry`: a later call may succeed; `never`: the same call will not;
 * `pause`: every call fails until a person corrects the cause.
 */
export type ModelDisposition = "retry" | "never" | "pause";

/** Classified failure. */
export interface ModelError {
  readonly type: ModelErrorType;
  readonly disposition: ModelDisposition;
  /** Status and code of the response: "429 insufficient_quota"; null if there was no response. */
  readonly code: string | null;
  /** At most 512 characters, on one line. */
  readonly message: string;
  /** Wait that the response requires, in milliseconds, at most one day; null if it names none. */
  readonly retryAfterMs: number | null;
}

/** Facts about a failed call. */
export interface ModelFailure {
  /** HTTP status; null if no response came in time, or if the error came in the stream. */
  readonly status: number | null;
  /** `error.code` of the response body. */
  readonly code: string | null;
  /** `error.type` of the response body. */
  readonly type: string | null;
  readonly message: string;
  readonly headers: Headers;
}

type FailureClass = readonly [ModelErrorType, ModelDisposition];

const MAX_MESSAGE = 512;
const MAX_WAIT_MS = 24 * 60 * 60_000;
// Also sent with status 429, but waiting does not help: the account has no credit.
const OUT_OF_CREDIT = new Set(["insufficient_quota", "credit_balance_exhausted"]);
const OVERLOADED = "server_is_overloaded";
const RATE_LIMITED = "rate_limit_exceeded";

/**
 * Classifies a failed call to an OpenAI-compatible API by its HTTP status and by the code or type in its
 * body (error codes of the OpenAI API).
 *
 * @param now milliseconds since 1970, for a Retry-After that is a date
 */
export function classifyModelFailure(failure: ModelFailure, now = Date.now()): ModelError {
  const { status, code, type, message, headers } = failure;
  const [kind, disposition] = classOf(failure);
  return {
    type: kind,
    disposition,
    code: [status ?? [], code ?? type ?? []].flat().join(" ") || null,
    message: message.replace(/[\s\p{Cc}]+/gu, " ").trim().slice(0, MAX_MESSAGE),
    retryAfterMs: disposition === "retry" ? waitOf(headers, now) : null,
  };
}

function classOf({ status, code, type }: ModelFailure): FailureClass {
  const named = [code, type].filter((name) => name !== null);
  if (named.some((name) => OUT_OF_CREDIT.has(name))) return ["PERMISSION", "pause"];
  if (named.includes(OVERLOADED)) return ["NETWORK", "retry"];
  if (status === 429 || named.includes(RATE_LIMITED)) return ["RATE_LIMIT", "retry"];
  if (status === null) return ["NETWORK", "retry"];
  if (status === 401) return ["ACCESS_TOKEN", "pause"];
  if (status === 403 || status === 404) return ["PERMISSION", "pause"];
  if (status === 408 || status === 409 || status >= 500) return ["NETWORK", "retry"];
  return ["OTHER", "never"];
}

function waitOf(headers: Headers, now: number): number | null {
  const ms = readRetryAfter(headers, now);
  return ms === null ? null : Math.min(ms, MAX_WAIT_MS);
}

/** `retry-after-ms`, or else `retry-after` in seconds or as a date (RFC 9110 §10.2.3). */
function readRetryAfter(headers: Headers, now: number): number | null {
  const ms = headers.get("retry-after-ms");
  if (ms !== null && /^\d{1,9}$/.test(ms)) return Number(ms);
  const after = headers.get("retry-after") ?? "";
  if (/^\d{1,6}(\.\d{1,3})?$/.test(after)) return Number(after) * 1_000;
  const time = Date.parse(after);
  return Number.isNaN(time) ? null : Math.max(0, time - now);
}
