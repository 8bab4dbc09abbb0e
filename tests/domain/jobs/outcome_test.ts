import assert from "node:assert/strict";
import { backoffMs, jobError, JobFailure } from "../../../src/domain/jobs/outcome.ts";

Deno.test("backoffMs() doubles from 2 s, up to an hour", () => {
  const waits = [1, 2, 3, 4].map((attempt) => backoffMs(attempt, null, 0.5));
  assert.deepEqual(waits, [2_000, 4_000, 8_000, 16_000]);
  assert.equal(backoffMs(40, null, 0.5), 3_600_000);
});

Deno.test("backoffMs() has a jitter of 20 %", () => {
  assert.deepEqual([backoffMs(3, null, 0), backoffMs(3, null, 1)], [6_400, 9_600]);
});

Deno.test("backoffMs() waits at least as long as the external service asked", () => {
  assert.equal(backoffMs(1, 60_000, 0.5), 60_000);
  assert.equal(backoffMs(4, 1_000, 0.5), 16_000);
  assert.equal(backoffMs(1, NaN, 0.5), 2_000);
});

Deno.test("jobError() keeps the type of a JobFailure, and has type INTERNAL for other errors", () => {
  assert.deepEqual(jobError(new JobFailure("NETWORK", "No answer", { code: "ETIMEDOUT" })), {
    type: "NETWORK",
    code: "ETIMEDOUT",
    message: "No answer",
  });
  assert.deepEqual(jobError(new Error("boom")), { type: "INTERNAL", code: null, message: "boom" });
});

for (
  const [name, thrown, message] of [
    ["nothing", undefined, "undefined"],
    ["a symbol", Symbol("boom"), "Symbol(boom)"],
    ["an error whose message is none", Object.assign(new Error(), { message: null }), "null"],
    ["an object that cannot be converted", Object.create(null), /cannot be converted to text/],
    ["a text with NUL", new Error("a\0b"), "ab"],
    ["half a surrogate pair", new Error("a\ud83d"), "a\ufffd"],
    ["a text too long, cut inside an emoji", new Error("💌".repeat(1_001) + "x"), /^💌{1000}$/u],
    ["an emoji across the cut", new Error("x" + "💌".repeat(1_001)), /^x💌{999}\ufffd$/u],
  ] as const
) {
  Deno.test(`jobError() returns a text that can be stored for ${name}`, () => {
    const error = jobError(thrown);
    if (typeof message === "string") assert.equal(error.message, message);
    else assert.match(error.message, message);
  });
}

Deno.test("jobError() returns a code that can be stored", () => {
  assert.equal(jobError(new JobFailure("OTHER", "x", { code: "5\0\ud83d" })).code, "5\ufffd");
});
