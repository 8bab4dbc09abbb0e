import assert from "node:assert/strict";
import {
  classifyModelFailure,
  type ModelDisposition,
  type ModelErrorType,
  type ModelFailure,
} from "../../src/ai/openai_failure.ts";

function failed(given: Partial<ModelFailure>): ModelFailure {
  return {
    status: 500,
    code: null,
    type: null,
    message: "It failed",
    headers: new Headers(),
    ...given,
  };
}

type Row = [
  status: number | null,
  code: string | null,
  type: string | null,
  expected: ModelErrorType,
  disposition: ModelDisposition,
];

const ROWS: Row[] = [
  // 401
  [401, "invalid_api_key", "invalid_request_error", "ACCESS_TOKEN", "pause"],
  [401, null, null, "ACCESS_TOKEN", "pause"],
  // 403, 404
  [403, "unsupported_country_region_territory", null, "PERMISSION", "pause"],
  [404, "model_not_found", "invalid_request_error", "PERMISSION", "pause"],
  // 429 rate_limit_exceeded, slow_down
  [429, "rate_limit_exceeded", "tokens", "RATE_LIMIT", "retry"],
  [429, "slow_down", null, "RATE_LIMIT", "retry"],
  [429, null, null, "RATE_LIMIT", "retry"],
  // 429 insufficient_quota, credit_balance_exhausted
  [429, "insufficient_quota", "insufficient_quota", "PERMISSION", "pause"],
  // Errors in a stream, whose response has the status 200
  [null, null, "insufficient_quota", "PERMISSION", "pause"],
  [null, "rate_limit_exceeded", "tokens", "RATE_LIMIT", "retry"],
  [null, null, "server_error", "NETWORK", "retry"],
  [429, null, "insufficient_quota", "PERMISSION", "pause"],
  [429, "credit_balance_exhausted", null, "PERMISSION", "pause"],
  // 400
  [400, "context_length_exceeded", "invalid_request_error", "OTHER", "never"],
  [400, "unknown_parameter", "invalid_request_error", "OTHER", "never"],
  [422, null, null, "OTHER", "never"],
  // 408, 409, 5xx, server_is_overloaded, timeout, reset
  [408, null, null, "NETWORK", "retry"],
  [409, null, null, "NETWORK", "retry"],
  [500, null, "server_error", "NETWORK", "retry"],
  [503, null, "service_unavailable_error", "NETWORK", "retry"],
  [429, "server_is_overloaded", null, "NETWORK", "retry"],
  [null, "ETIMEDOUT", null, "NETWORK", "retry"],
  [null, "ECONNRESET", null, "NETWORK", "retry"],
];

for (const [status, code, type, expected, disposition] of ROWS) {
  const what = [status ?? "no response", code ?? type ?? "unnamed"].join(" ");
  Deno.test(`classifyModelFailure() classifies ${what} as ${expected}, ${disposition}`, () => {
    const error = classifyModelFailure(failed({ status, code, type }));
    assert.deepEqual([error.type, error.disposition], [expected, disposition]);
  });
}

Deno.test("classifyModelFailure() reads the time to wait from the headers", () => {
  const now = Date.parse("2026-07-01T12:00:00Z");
  const waitOf = (headers: Record<string, string>, status = 429) =>
    classifyModelFailure(failed({ status, headers: new Headers(headers) }), now).retryAfterMs;
  assert.equal(waitOf({ "retry-after": "20" }), 20_000);
  assert.equal(waitOf({ "retry-after": "1.5" }), 1_500);
  assert.equal(waitOf({ "retry-after": "Wed, 01 Jul 2026 12:01:00 GMT" }), 60_000);
  assert.equal(waitOf({ "retry-after": "Wed, 01 Jul 2026 11:00:00 GMT" }), 0);
  assert.equal(waitOf({ "retry-after-ms": "250", "retry-after": "1" }), 250);
  assert.equal(waitOf({ "retry-after": "900000" }), 86_400_000, "one day at most");
  assert.equal(waitOf({ "retry-after": "soon" }), null);
  assert.equal(waitOf({}), null);
  assert.equal(waitOf({ "retry-after": "20" }, 400), null);
});

Deno.test("classifyModelFailure() shows status and code, and shortens the message to 512 characters", () => {
  const long = failed({
    status: 429,
    code: "slow_down",
    message: `Slow\r\ndown ${"x".repeat(600)}`,
  });
  const { code, message } = classifyModelFailure(long);
  assert.equal(code, "429 slow_down");
  assert.match(message, /^Slow down x+$/);
  assert.equal(message.length, 512);
  assert.equal(classifyModelFailure(failed({ type: "server_error" })).code, "500 server_error");
  assert.equal(classifyModelFailure(failed({})).code, "500");
  assert.equal(classifyModelFailure(failed({ status: null })).code, null);
});
