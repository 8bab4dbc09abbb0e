/** What kind of failure a call to the model met. */
export type ModelErrorType = "ACCESS_TOKEN" | "RATE_LIMIT" | "NETWORK" | "PERMISSION" | "OTHER";

/**
 * What is to be done about it: `retry` may succeed later, `never` will not, `pause` fails every call
 * until a person mends it.
 */
export type ModelDisposition = "retry" | "never" | "pause";

/** A failure, understood. */
export interface ModelError {
  readonly type: ModelErrorType;
  readonly disposition: ModelDisposition;
  /** As the API says it: "429 insufficient_quota"; null when nobody answered. */
  readonly code: string | null;
  /** At most 512 characters, on one line. */
  readonly message: string;
  /** How long the API asked to wait, in milliseconds. */
  readonly retryAfterMs: number | null;
}

/** What is known of a failed call. */
export interface ModelFailure {
  /** Of HTTP; null: nobody answered, in time or at all. */
  readonly status: number | null;
  /** `error.code` of the answer's body. */
  readonly code: string | null;
  /** `error.type` of the answer's body. */
  readonly type: string | null;
  readonly message: string;
  readonly headers: Headers;
}

type Verdict = readonly [ModelErrorType, ModelDisposition];

const MAX_MESSAGE = 512;
// These come as 429 too, but no waiting helps: somebody has to pay.
const SPENT = new Set(["insufficient_quota", "credit_balance_exhausted"]);
const OVERLOADED = "server_is_overloaded";

/**
 * Understands why a call to an OpenAI-compatible API failed, by its HTTP status and the code or type
 * that its body names (the error codes of the OpenAI API).
 *
 * @param now milliseconds since 1970, for a Retry-After that is a date
 */
export function classifyModelFailure(failure: ModelFailure, now = Date.now()): ModelError {
  const { status, code, type, message, headers } = failure;
  const [kind, disposition] = verdictOf(failure);
  return {
    type: kind,
    disposition,
    code: status === null ? code : [status, code ?? type ?? []].flat().join(" "),
    message: message.replace(/[\s\p{Cc}]+/gu, " ").trim().slice(0, MAX_MESSAGE),
    retryAfterMs: disposition === "retry" ? waitOf(headers, now) : null,
  };
}

function verdictOf({ status, code, type }: ModelFailure): Verdict {
  const named = [code, type].filter((name) => name !== null);
  if (status === null || named.includes(OVERLOADED)) return ["NETWORK", "retry"];
  if (status === 401) return ["ACCESS_TOKEN", "pause"];
  if (status === 403 || status === 404) return ["PERMISSION", "pause"];
  if (status === 429) {
    return named.some((name) => SPENT.has(name))
      ? ["PERMISSION", "pause"]
      : ["RATE_LIMIT", "retry"];
  }
  if (status === 408 || status === 409 || status >= 500) return ["NETWORK", "retry"];
  return ["OTHER", "never"];
}

/** `retry-after-ms`, or else `retry-after` in seconds or as a date (RFC 9110 §10.2.3). */
function waitOf(headers: Headers, now: number): number | null {
  const ms = headers.get("retry-after-ms");
  if (ms !== null && /^\d{1,9}$/.test(ms)) return Number(ms);
  const after = headers.get("retry-after") ?? "";
  if (/^\d{1,6}(\.\d{1,3})?$/.test(after)) return Number(after) * 1_000;
  const time = Date.parse(after);
  return Number.isNaN(time) ? null : Math.max(0, time - now);
}
