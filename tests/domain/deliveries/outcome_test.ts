import assert from "node:assert/strict";
import type { DeliveryError } from "../../../src/channels/channel.ts";
import {
  effectOf,
  outcomeOf,
  type RecordedOutcome,
  UNEXPECTED,
} from "../../../src/domain/deliveries/outcome.ts";

const FULL: DeliveryError = {
  type: "RATE_LIMIT",
  disposition: "retry",
  code: "MAILBOX_FULL",
  message: "452 4.2.2 Mailbox full",
  retryAfterMs: null,
  beforeRecipient: false,
};
const THROTTLED = { type: "RATE_LIMIT", code: "450 4.7.1" } as const;
const BATCH = { maxAttempts: 10, onUnknown: "HOLD" } as const;
const NEW = { attempt: 0, deferrals: 0 };

/** Outcome of a delivery that a provider has refused. */
function outcomeOfError(
  error: Partial<DeliveryError>,
  delivery: { attempt: number; deferrals: number } = NEW,
  batch: { maxAttempts: number; onUnknown: "HOLD" | "RESEND" } = BATCH,
): RecordedOutcome {
  const result = { outcome: "failed", provider: "smtp", error: { ...FULL, ...error } } as const;
  const outcome = outcomeOf(delivery, result, batch);
  assert.ok(outcome.type !== "held");
  return outcome;
}

Deno.test("outcomeOf() is not retryable after the maximum of attempts of the failure", () => {
  const retryable = (attempt: number, maxAttempts?: number) =>
    effectOf(outcomeOfError({ maxAttempts }, { attempt: attempt - 1, deferrals: 0 })).retryable;
  assert.deepEqual([1, 2, 3].map((attempt) => retryable(attempt, 3)), [true, true, false]);
  assert.equal(retryable(9), true);
});

Deno.test("outcomeOf() defers a throttled recipient ten times, each time for longer", () => {
  const throttled = (deferrals: number) => outcomeOfError(THROTTLED, { attempt: 0, deferrals });
  const waits = [0, 1, 2, 9].map((deferrals) => effectOf(throttled(deferrals)).waitMs);
  assert.deepEqual(waits, [30_000, 60_000, 120_000, 900_000]);
  assert.equal(throttled(10).type, "failed");
});

Deno.test("outcomeOf() returns an obstacle for a failure of the provider", () => {
  const outcome = outcomeOfError({ type: "NETWORK", beforeRecipient: true });
  assert.ok(outcome.type === "deferred");
  assert.equal(outcome.obstacle?.error.type, "NETWORK");
  assert.equal(outcomeOfError({ disposition: "pause" }).type, "deferred");
});

Deno.test("outcomeOf() resends an unknown delivery only with RESEND, while attempts are left", () => {
  const batch = { maxAttempts: 2, onUnknown: "RESEND" } as const;
  const resends = (attempt: number, given: Parameters<typeof outcomeOf>[2]) => {
    const outcome = outcomeOf({ attempt, deferrals: 0 }, UNEXPECTED, given);
    return outcome.type === "unknown" && outcome.resend;
  };
  assert.deepEqual([resends(0, batch), resends(1, batch), resends(0, BATCH)], [true, false, false]);
});

Deno.test("effectOf() counts no attempt and no error for a suppressed recipient", () => {
  const outcome = outcomeOf(NEW, { outcome: "suppressed", reason: "UNSUBSCRIBED" }, BATCH);
  assert.ok(outcome.type !== "held");
  const { status, counts, waits, retryable, error, suppressionReason } = effectOf(outcome);
  assert.deepEqual([status, suppressionReason], ["SUPPRESSED", "UNSUBSCRIBED"]);
  assert.deepEqual([counts, waits, retryable, error], [false, false, false, null]);
});

Deno.test("effectOf() counts an attempt unless the delivery was deferred", () => {
  const outcomes = [
    outcomeOfError({}),
    outcomeOfError({ disposition: "suppress" }),
    outcomeOfError({ disposition: "unknown" }),
    outcomeOfError(THROTTLED),
  ];
  const effects = outcomes.map(effectOf);
  assert.deepEqual(effects.map(({ status }) => status), ["FAILED", "FAILED", "UNKNOWN", "FAILED"]);
  assert.deepEqual(effects.map(({ counts }) => counts), [true, true, true, false]);
  assert.deepEqual(effects.map(({ waits }) => waits), [false, false, false, true]);
  assert.deepEqual(effects.map(({ suppresses }) => suppresses), [false, true, false, false]);
});
