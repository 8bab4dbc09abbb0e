import assert from "node:assert/strict";
import { type AskedResult, judge } from "../../src/sending/delivery_outcome.ts";

const BATCH = { maxAttempts: 10, onUnknown: "HOLD" } as const;

/** A mailbox that is full, at an attempt counted from 1. */
function judgeFull(attempt: number, maxAttempts?: number) {
  const delivery = {
    id: crypto.randomUUID(),
    n: 1,
    attempt: attempt - 1,
    deferrals: 0,
  };
  const result: AskedResult = {
    outcome: "failed",
    provider: "smtp.example.com:587",
    error: {
      type: "INVALID_RECIPIENT",
      disposition: "retry",
      code: "452 4.2.2",
      message: "452 4.2.2 Mailbox full",
      retryAfterMs: null,
      beforeRecipient: false,
      maxAttempts,
    },
  };
  return judge(delivery, result, BATCH, 10).ended;
}

Deno.test("judge() offers no attempt beyond those that the failure is worth", () => {
  assert.deepEqual([1, 2, 3].map((n) => judgeFull(n, 3).retryable), [true, true, false]);
  assert.equal(judgeFull(9).retryable, true);
});
