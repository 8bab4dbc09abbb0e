import { type DeliveryError, type FailureClass, limitWait, toErrorMessage } from "../channel.ts";

/** An answer of Meta's Graph API that is no success. */
export interface MetaAnswer {
  /** Of HTTP. */
  readonly status: number;
  /** Null: the answer is none of Meta's, or cannot be read. */
  readonly error: MetaError | null;
  /** The header X-Business-Use-Case-Usage. */
  readonly usage: string | null;
}

/** What Meta says in the body's `error`. */
export interface MetaError {
  readonly code: number;
  readonly subcode: number | null;
  readonly message: string;
  readonly isTransient: boolean;
}

// What a temporary failure may be in truth: a person who has blocked the Page.
const FEW_ATTEMPTS = 3;
const AGAIN_ONCE = 2;
// A person in the middle of an automated conversation.
const FLOW_MS = 15 * 60_000;

const THROTTLED: FailureClass = ["RATE_LIMIT", "retry"];
const NOT_YET: FailureClass = ["RATE_LIMIT", "never"];
const FORBIDDEN: FailureClass = ["PERMISSION", "pause"];
const OUTSIDE_WINDOW: FailureClass = ["PERMISSION", "never"];
const UNREACHABLE: FailureClass = ["INVALID_RECIPIENT", "never"];
const TEMPORARY: FailureClass = ["NETWORK", "retry", FEW_ATTEMPTS];
const MEDIA: FailureClass = ["OTHER", "retry", AGAIN_ONCE];

/** By "code/subcode" where the subcode tells more than the code. */
const BY_SUBCODE: Readonly<Record<string, FailureClass>> = {
  "190/492": FORBIDDEN,
  "613/2018338": ["RATE_LIMIT", "pause"],
  "4/2018354": NOT_YET,
  "9/2018352": NOT_YET,
  // Meta documents it so: all was sent, and yet an error came back.
  "1/1357046": ["OTHER", "unknown"],
  "1/99": FORBIDDEN,
  "10/2534022": OUTSIDE_WINDOW,
  "10/2018278": OUTSIDE_WINDOW,
  "10/2018065": OUTSIDE_WINDOW,
  "10/2018108": UNREACHABLE,
  "200/1545041": UNREACHABLE,
  "10/1893015": ["INVALID_RECIPIENT", "suppress"],
  "100/2018001": UNREACHABLE,
  "100/33": UNREACHABLE,
  "100/2018008": MEDIA,
  "100/2018047": MEDIA,
  "100/2018294": MEDIA,
};

/** Subcodes that come with several codes. */
const BY_SUBCODE_ALONE: Readonly<Record<number, FailureClass>> = {
  2018300: ["PERMISSION", "never"],
  2018321: ["OTHER", "retry"],
};

const BY_CODE: Readonly<Record<number, FailureClass>> = {
  1: TEMPORARY,
  2: TEMPORARY,
  3: FORBIDDEN,
  4: THROTTLED,
  10: FORBIDDEN,
  17: THROTTLED,
  32: THROTTLED,
  100: ["OTHER", "never"],
  102: ["ACCESS_TOKEN", "pause"],
  190: ["ACCESS_TOKEN", "pause"],
  341: THROTTLED,
  368: FORBIDDEN,
  551: UNREACHABLE,
  613: THROTTLED,
  1200: TEMPORARY,
  2022: FORBIDDEN,
  80006: THROTTLED,
};

/**
 * Understands an answer of the Send API that is no success: by code and subcode as the "Common Error
 * Codes" of the Messenger Platform list them, and by `is_transient` and the HTTP status for others.
 *
 * Of an answer that is not Meta's, a 5xx leaves open whether Meta got the message from whoever stands
 * between; any other says that the address is wrong, which is for a person to mend.
 */
export function classifyMetaFailure({ status, error, usage }: MetaAnswer): DeliveryError {
  const [type, disposition, maxAttempts] = error ? byError(error, status) : byStatus(status);
  const throttled = type === "RATE_LIMIT" && disposition === "retry";
  return {
    type,
    disposition,
    code: error ? [error.code, error.subcode ?? []].flat().join("/") : `HTTP ${status}`,
    message: toErrorMessage(error?.message ?? `Answered with HTTP ${status}, and not as Meta does`),
    retryAfterMs: error?.subcode === 2018321 ? FLOW_MS : throttled ? regainTimeOf(usage) : null,
    // Limits are the Page's: the next recipient would meet the same.
    beforeRecipient: throttled,
    ...maxAttempts && { maxAttempts },
  };
}

/**
 * Understands a call that nobody answered.
 *
 * @param connected false: no connection came about, so that nothing was handed over
 * @param message what the system says; never with the token in it
 */
export function classifyMetaSilence(connected: boolean, message: string): DeliveryError {
  return {
    type: "NETWORK",
    disposition: connected ? "unknown" : "retry",
    code: connected ? "NO_ANSWER" : "NO_CONNECTION",
    message: toErrorMessage(message),
    retryAfterMs: null,
    beforeRecipient: !connected,
    noAnswer: true,
  };
}

function byError({ code, subcode, message, isTransient }: MetaError, status: number): FailureClass {
  const bySubcode = subcode === null
    ? undefined
    : BY_SUBCODE[`${code}/${subcode}`] ?? BY_SUBCODE_ALONE[subcode];
  if (bySubcode) return bySubcode;
  if (/no matching user/i.test(message)) return UNREACHABLE;
  const byCode = code >= 200 && code <= 299 ? FORBIDDEN : BY_CODE[code];
  if (byCode) return byCode;
  if (isTransient || status >= 500) return TEMPORARY;
  return status === 429 ? THROTTLED : ["OTHER", "never"];
}

function byStatus(status: number): FailureClass {
  if (status < 300) return ["OTHER", "unknown"];
  if (status >= 500) return ["NETWORK", "unknown"];
  return status === 429 ? THROTTLED : ["OTHER", "pause"];
}

/** Of all that the header tells, the longest time until calls are taken again. */
function regainTimeOf(usage: string | null): number | null {
  const minutes = [...(usage ?? "").matchAll(/"estimated_time_to_regain_access"\s*:\s*(\d{1,6})/g)]
    .map(([, time]) => Number(time));
  return limitWait(Math.max(0, ...minutes) * 60_000) || null;
}
