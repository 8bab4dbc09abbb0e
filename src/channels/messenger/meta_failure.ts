import { type DeliveryError, type FailureClass, limitWait, toErrorMessage } from "../channel.ts";

/** Response of Meta's Graph API that is not a success. */
export interface MetaResponse {
  /** HTTP status. */
  readonly status: number;
  /** Null if the body is not an error in the format of the Graph API. */
  readonly error: MetaError | null;
  /** Header X-Business-Use-Case-Usage; null if absent. */
  readonly usage: string | null;
}

/** `error` of the response body. */
export interface MetaError {
  readonly code: number;
  readonly subcode: number | null;
  readonly message: string;
  readonly isTransient: boolean;
}

// A temporary failure may also mean that the recipient has blocked the Page.
const FEW_ATTEMPTS = 3;
const TWO_ATTEMPTS = 2;
// Wait for a recipient who is in an automated conversation.
const FLOW_MS = 15 * 60_000;

const THROTTLED: FailureClass = ["RATE_LIMIT", "retry"];
const TOO_FREQUENT: FailureClass = ["RATE_LIMIT", "never"];
const FORBIDDEN: FailureClass = ["PERMISSION", "pause"];
const OUTSIDE_WINDOW: FailureClass = ["PERMISSION", "never"];
const UNREACHABLE: FailureClass = ["INVALID_RECIPIENT", "never"];
const TEMPORARY: FailureClass = ["NETWORK", "retry", { maxAttempts: FEW_ATTEMPTS }];
const MEDIA: FailureClass = ["OTHER", "retry", { maxAttempts: TWO_ATTEMPTS }];

/** Classes by "code/subcode", for subcodes that are more precise than their code. */
const BY_SUBCODE: Readonly<Record<string, FailureClass>> = {
  "190/492": FORBIDDEN,
  "613/2018338": ["RATE_LIMIT", "pause"],
  "4/2018354": TOO_FREQUENT,
  "9/2018352": TOO_FREQUENT,
  // Meta documents this error as "sent successfully, but …".
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

/** Classes of subcodes that occur with several codes. */
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
 * Classifies an error response of the Send API: by code and subcode as listed in the "Common Error
 * Codes" of the Messenger Platform, and by `is_transient` and the HTTP status for other codes.
 *
 * A response in another format than the Graph API's comes from a proxy. After a 5xx, Meta may have received the
 * message, so it is `unknown`; any other status means that the base URL is wrong, so it is `pause`.
 */
export function classifyMetaFailure({ status, error, usage }: MetaResponse): DeliveryError {
  const [type, disposition, traits] = error ? byError(error, status) : byStatus(status);
  const throttled = type === "RATE_LIMIT" && disposition === "retry";
  return {
    ...traits,
    type,
    disposition,
    code: error ? [error.code, error.subcode ?? []].flat().join("/") : `HTTP ${status}`,
    message: toErrorMessage(
      error?.message ??
        `Cannot read the response with HTTP status ${status}: not in the format of the Graph API`,
    ),
    retryAfterMs: error?.subcode === 2018321 ? FLOW_MS : throttled ? regainTimeOf(usage) : null,
    // Rate limits belong to the Page, so the next recipient would fail too.
    beforeRecipient: throttled,
  };
}

/**
 * Classifies a call without a response.
 *
 * @param connected false if no connection was made, so that nothing was transmitted
 * @param message error of the runtime; must not contain the token
 */
export function classifyMissingResponse(connected: boolean, message: string): DeliveryError {
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

/** Longest `estimated_time_to_regain_access` in the header, in milliseconds; null if there is none. */
function regainTimeOf(usage: string | null): number | null {
  const minutes = [...(usage ?? "").matchAll(/"estimated_time_to_regain_access"\s*:\s*(\d{1,6})/g)]
    .map(([, time]) => Number(time));
  return limitWait(Math.max(0, ...minutes) * 60_000) || null;
}
