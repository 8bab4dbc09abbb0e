import assert from "node:assert/strict";
import type { DeliveryErrorType, Disposition } from "../../../src/channels/channel.ts";
import {
  classifyMetaFailure,
  classifyMissingResponse,
  type MetaError,
  type MetaResponse,
} from "../../../src/channels/messenger/meta_failure.ts";

function answered(error: Partial<MetaError>, overrides: Partial<MetaResponse> = {}): MetaResponse {
  return {
    status: 400,
    error: { code: 0, subcode: null, message: "An error", isTransient: false, ...error },
    usage: null,
    ...overrides,
  };
}

type Row = [
  code: number,
  subcodes: readonly (number | null)[],
  type: DeliveryErrorType,
  disposition: Disposition,
];

const ROWS: Row[] = [
  [190, [null, 458, 459, 460, 463, 464, 467], "ACCESS_TOKEN", "pause"],
  [102, [null], "ACCESS_TOKEN", "pause"],
  [190, [492], "PERMISSION", "pause"],
  [4, [null, 2018022], "RATE_LIMIT", "retry"],
  [17, [null], "RATE_LIMIT", "retry"],
  [32, [null], "RATE_LIMIT", "retry"],
  [341, [null], "RATE_LIMIT", "retry"],
  [613, [null, 2534040], "RATE_LIMIT", "retry"],
  [80006, [null], "RATE_LIMIT", "retry"],
  [613, [2018338], "RATE_LIMIT", "pause"],
  [4, [2018354], "RATE_LIMIT", "never"],
  [9, [2018352], "RATE_LIMIT", "never"],
  [1, [1357046], "OTHER", "unknown"],
  [1, [null], "NETWORK", "retry"],
  [2, [null, 2018344], "NETWORK", "retry"],
  [1200, [null], "NETWORK", "retry"],
  [10, [2534022, 2018278, 2018065], "PERMISSION", "never"],
  [10, [2018108], "INVALID_RECIPIENT", "never"],
  [551, [null, 1545041], "INVALID_RECIPIENT", "never"],
  [200, [1545041], "INVALID_RECIPIENT", "never"],
  [10, [1893015], "INVALID_RECIPIENT", "suppress"],
  [10, [1893063, 1404170], "PERMISSION", "pause"],
  [368, [null], "PERMISSION", "pause"],
  [2022, [null], "PERMISSION", "pause"],
  [1, [99], "PERMISSION", "pause"],
  [3, [null], "PERMISSION", "pause"],
  [10, [null], "PERMISSION", "pause"],
  [200, [null, 2018021, 2018027, 2018028, 2534041], "PERMISSION", "pause"],
  [230, [null], "PERMISSION", "pause"],
  [299, [null], "PERMISSION", "pause"],
  [100, [2018001, 33], "INVALID_RECIPIENT", "never"],
  [100, [2018008, 2018047, 2018294], "OTHER", "retry"],
  [100, [null, 2018074, 2018109, 2534015], "OTHER", "never"],
  [100, [2018300], "PERMISSION", "never"],
  [10, [2018300], "PERMISSION", "never"],
  [100, [2018321], "OTHER", "retry"],
  [99999, [null], "OTHER", "never"],
];

for (const [code, subcodes, type, disposition] of ROWS) {
  for (const subcode of subcodes) {
    const name = subcode === null ? `${code}` : `${code}/${subcode}`;
    Deno.test(`classifyMetaFailure() classifies ${name} as ${type}, ${disposition}`, () => {
      const error = classifyMetaFailure(answered({ code, subcode }));
      assert.deepEqual([error.type, error.disposition], [type, disposition]);
      assert.equal(error.code, name);
    });
  }
}

Deno.test('classifyMetaFailure() recognizes the text "No matching user"', () => {
  const error = classifyMetaFailure(
    answered({ code: 100, message: "(#100) No matching user found" }),
  );
  assert.deepEqual([error.type, error.disposition], ["INVALID_RECIPIENT", "never"]);
});

Deno.test("classifyMetaFailure() retries unknown codes that are transient or have status 5xx", () => {
  for (
    const answer of [
      answered({ code: 4711, isTransient: true }),
      answered({ code: 4711 }, { status: 503 }),
    ]
  ) {
    const { type, disposition, maxAttempts } = classifyMetaFailure(answer);
    assert.deepEqual([type, disposition, maxAttempts], ["NETWORK", "retry", 3]);
  }
  assert.equal(classifyMetaFailure(answered({ code: 4711 }, { status: 429 })).type, "RATE_LIMIT");
});

Deno.test("classifyMetaFailure() limits attempts for codes that rarely recover", () => {
  const attemptsOf = (code: number, subcode: number | null = null) =>
    classifyMetaFailure(answered({ code, subcode })).maxAttempts;
  assert.deepEqual([1, 2, 1200].map((code) => attemptsOf(code)), [3, 3, 3]);
  assert.deepEqual([2018008, 2018047, 2018294].map((sub) => attemptsOf(100, sub)), [2, 2, 2]);
  assert.equal(attemptsOf(4), undefined);
});

Deno.test("classifyMetaFailure() sets beforeRecipient for rate limits of the Page", () => {
  const before = (code: number, subcode: number | null = null) =>
    classifyMetaFailure(answered({ code, subcode })).beforeRecipient;
  assert.deepEqual([4, 17, 32, 341, 613, 80006].map((code) => before(code)), Array(6).fill(true));
  assert.deepEqual([before(2), before(551), before(4, 2018354)], [false, false, false]);
});

const USAGE = JSON.stringify({
  "1234567890": [
    { type: "messenger", call_count: 100, estimated_time_to_regain_access: 19 },
    { type: "pages", call_count: 3, estimated_time_to_regain_access: 0 },
  ],
});

Deno.test("classifyMetaFailure() reads the time to wait from the usage header", () => {
  const waitOf = (code: number, usage: string | null, subcode: number | null = null) =>
    classifyMetaFailure(answered({ code, subcode }, { usage })).retryAfterMs;
  assert.equal(waitOf(4, USAGE), 19 * 60_000);
  assert.equal(waitOf(4, USAGE.replace("19", "0")), null);
  assert.equal(waitOf(4, USAGE.replace("19", "999999")), 24 * 60 * 60_000);
  assert.equal(waitOf(4, "not JSON"), null);
  assert.equal(waitOf(4, null), null);
  assert.equal(waitOf(190, USAGE), null);
  assert.equal(waitOf(100, null, 2018321), 15 * 60_000);
});

Deno.test("classifyMetaFailure() classifies a response of another form by its status", () => {
  const of = (status: number) => {
    const { type, disposition, code } = classifyMetaFailure({ status, error: null, usage: null });
    return [type, disposition, code];
  };
  assert.deepEqual(of(200), ["OTHER", "unknown", "HTTP 200"]);
  assert.deepEqual(of(502), ["NETWORK", "unknown", "HTTP 502"]);
  assert.deepEqual(of(404), ["OTHER", "pause", "HTTP 404"]);
  assert.deepEqual(of(302), ["OTHER", "pause", "HTTP 302"]);
  assert.deepEqual(of(429), ["RATE_LIMIT", "retry", "HTTP 429"]);
});

Deno.test("classifyMissingResponse() is unknown only after a connection", () => {
  const { disposition, beforeRecipient } = classifyMissingResponse(true, "connection closed");
  assert.deepEqual([disposition, beforeRecipient], ["unknown", false]);
  const refused = classifyMissingResponse(false, "connection refused");
  assert.deepEqual([refused.type, refused.disposition], ["NETWORK", "retry"]);
  assert.equal(refused.beforeRecipient, true);
});

Deno.test("classifyMetaFailure() shortens the message to one line of at most 512 characters", () => {
  const message = `(#100)\nInvalid\0 ${"x".repeat(600)}`;
  const error = classifyMetaFailure(answered({ code: 100, message }));
  assert.match(error.message, /^\(#100\) Invalid x+$/);
  assert.equal(error.message.length, 512);
});
