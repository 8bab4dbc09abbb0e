import assert from "node:assert/strict";
import type { DeliveryError } from "../../../src/channels/channel.ts";
import {
  effectOf,
  outcomeOf,
  type RecordedOutcome,
  UNEXPECTED,
} from "../../../src/domain/deliveries/outcome.ts";

const REFUSED: DeliveryError = {
  type: "OTHER",
  disposition: "retry",
  code: "451 4.3.0",
  message: "451 4.3.0 Try again",
  retryAfterMs: null,
  beforeRecipient: false,
};
const THROTTLED = { type: "RATE_LIMIT", code: "450 4.7.1" } as const;
const FULL_MAILBOX = { type: "RATE_LIMIT", code: "MAILBOX_FULL", maxAttempts: 3 } as const;
const LOST = { type: "NETWORK", noAnswer: true } as const;

type Settings = Parameters<typeof outcomeOf>[2];
const MANUAL: Settings = {
  maxAttempts: 10,
  onUnknown: "HOLD",
  retryMode: "MANUAL",
  retryBackoff: "GROWING",
};
const CRON: Settings = { ...MANUAL, retryMode: "CRON" };
const AUTO: Settings = { ...MANUAL, retryMode: "AUTO" };
const IMMEDIATE: Settings = { ...AUTO, retryBackoff: "IMMEDIATE" };

/** Outcome of a delivery that a provider has refused, with waits in the middle of their jitter. */
function outcomeOfError(
  error: Partial<DeliveryError>,
  delivery: { attempt?: number; deferrals?: number } = {},
  settings = MANUAL,
  random = 0.5,
): RecordedOutcome {
  const result = { outcome: "failed", provider: "smtp", error: { ...REFUSED, ...error } } as const;
  const outcome = outcomeOf({ attempt: 0, deferrals: 0, ...delivery }, result, settings, random);
  assert.ok(outcome.type !== "held");
  return outcome;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

const DECISIONS: readonly [
  name: string,
  given: Parameters<typeof outcomeOfError>,
  status: "FAILED" | "PENDING",
  attempts: number,
  waitMs: number | null,
][] = [
  ["the 1st attempt in AUTO", [{}, {}, AUTO], "PENDING", 1, 30 * SECOND],
  ["the 2nd attempt in AUTO", [{}, { attempt: 1 }, AUTO], "PENDING", 2, 2 * MINUTE],
  ["the 3rd attempt in AUTO", [{}, { attempt: 2 }, AUTO], "PENDING", 3, 10 * MINUTE],
  ["the 4th attempt in AUTO", [{}, { attempt: 3 }, AUTO], "PENDING", 4, 30 * MINUTE],
  ["the 5th attempt in AUTO", [{}, { attempt: 4 }, AUTO], "PENDING", 5, 2 * HOUR],
  ["the 6th attempt in AUTO", [{}, { attempt: 5 }, AUTO], "PENDING", 6, 6 * HOUR],
  ["the 9th attempt in AUTO", [{}, { attempt: 8 }, AUTO], "PENDING", 9, 6 * HOUR],
  ["the last attempt in AUTO", [{}, { attempt: 9 }, AUTO], "FAILED", 10, null],
  ["shortest jitter", [{}, {}, AUTO, 0], "PENDING", 1, 24 * SECOND],
  ["longest jitter", [{}, {}, AUTO, 1], "PENDING", 1, 36 * SECOND],
  ["Retry-After in AUTO", [{ retryAfterMs: HOUR }, {}, AUTO], "PENDING", 1, HOUR],
  ["a short Retry-After", [{ retryAfterMs: SECOND }, { attempt: 3 }, AUTO], "PENDING", 4, SECOND],
  ["a permanent failure", [{ disposition: "never" }, {}, AUTO], "FAILED", 1, null],
  ["a full mailbox", [FULL_MAILBOX, { attempt: 1 }, AUTO], "PENDING", 2, 2 * MINUTE],
  ["the last of a full mailbox", [FULL_MAILBOX, { attempt: 2 }, AUTO], "FAILED", 3, null],
  ["the 1st lost connection", [LOST, {}, AUTO], "PENDING", 1, 0],
  ["the 2nd lost connection", [LOST, { attempt: 1 }, AUTO], "PENDING", 2, 2 * MINUTE],
  ["a lost connection after throttling", [LOST, { deferrals: 1 }, AUTO], "PENDING", 1, 2 * MINUTE],
  ["a lost connection in MANUAL", [LOST], "FAILED", 1, null],
  ["MANUAL", [{}], "FAILED", 1, null],
  ["CRON", [{}, {}, CRON], "FAILED", 1, null],
  ["Retry-After in CRON", [{ retryAfterMs: HOUR }, {}, CRON], "FAILED", 1, HOUR],
  ["IMMEDIATE", [{}, {}, IMMEDIATE], "FAILED", 1, null],
  ["the 1st throttled try", [THROTTLED], "PENDING", 0, 30 * SECOND],
  ["the 2nd throttled try", [THROTTLED, { deferrals: 1 }], "PENDING", 0, 2 * MINUTE],
  ["the 10th throttled try", [THROTTLED, { deferrals: 9 }], "PENDING", 0, 6 * HOUR],
  ["the 11th throttled try", [THROTTLED, { deferrals: 10 }], "FAILED", 1, null],
  ["the 11th throttled try in AUTO", [THROTTLED, { deferrals: 10 }, AUTO], "PENDING", 1, 6 * HOUR],
  ["throttling with IMMEDIATE", [THROTTLED, {}, IMMEDIATE], "PENDING", 0, 30 * SECOND],
  ["an outage", [{ beforeRecipient: true }, { attempt: 9 }, AUTO], "PENDING", 9, null],
];

for (const [name, given, status, attempts, waitMs] of DECISIONS) {
  Deno.test(`outcomeOf() decides about ${name}`, () => {
    const effect = effectOf(outcomeOfError(...given));
    const { attempt = 0 } = given[1] ?? {};
    assert.deepEqual(
      [effect.waits ? "PENDING" : effect.status, attempt + Number(effect.counts), effect.waitMs],
      [status, attempts, waitMs],
    );
  });
}

Deno.test("outcomeOf() is not retryable after the maximum of attempts of the failure", () => {
  const retryable = (attempt: number, maxAttempts?: number) =>
    effectOf(outcomeOfError({ maxAttempts }, { attempt: attempt - 1 })).retryable;
  assert.deepEqual([1, 2, 3].map((attempt) => retryable(attempt, 3)), [true, true, false]);
  assert.equal(retryable(9), true);
});

Deno.test("outcomeOf() returns an obstacle for a failure of the provider", () => {
  const outcome = outcomeOfError({ type: "NETWORK", beforeRecipient: true });
  assert.ok(outcome.type === "deferred");
  assert.equal(outcome.obstacle?.error.type, "NETWORK");
  assert.equal(outcomeOfError({ disposition: "pause" }).type, "deferred");
});

Deno.test("outcomeOf() waits longer each time if only the last of several providers failed", () => {
  const error = { ...REFUSED, beforeRecipient: true };
  const result = { outcome: "failed", provider: "second", error, obstacle: null } as const;
  const outcome = outcomeOf({ attempt: 0, deferrals: 1 }, result, MANUAL, 0.5);
  assert.ok(outcome.type === "deferred");
  assert.deepEqual([outcome.waitMs, outcome.deferrals], [2 * MINUTE, 2]);
});

Deno.test("outcomeOf() resends an unknown delivery only with RESEND, while attempts are left", () => {
  const settings = { ...MANUAL, maxAttempts: 2, onUnknown: "RESEND" } as const;
  const resends = (attempt: number, given: Settings) => {
    const outcome = outcomeOf({ attempt, deferrals: 0 }, UNEXPECTED, given);
    return outcome.type === "unknown" && outcome.resend;
  };
  assert.deepEqual(
    [resends(0, settings), resends(1, settings), resends(0, MANUAL)],
    [true, false, false],
  );
});

Deno.test("outcomeOf() does not resend a mail while the server may still reply to its content", () => {
  const delivery = { attempt: 0, deferrals: 0 };
  const result = {
    outcome: "failed",
    provider: "smtp",
    error: { ...REFUSED, disposition: "unknown" },
    later: Promise.resolve(UNEXPECTED),
  } as const;
  const outcome = outcomeOf(delivery, result, { ...MANUAL, onUnknown: "RESEND" });
  assert.ok(outcome.type === "unknown");
  assert.deepEqual([outcome.resend, outcome.waitMs], [true, 10 * MINUTE]);
});

Deno.test("effectOf() counts no attempt and no error for a suppressed recipient", () => {
  const delivery = { attempt: 0, deferrals: 0 };
  const outcome = outcomeOf(delivery, { outcome: "suppressed", reason: "UNSUBSCRIBED" }, MANUAL);
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
    outcomeOfError({}, {}, AUTO),
  ];
  const effects = outcomes.map(effectOf);
  assert.deepEqual(effects.map(({ status }) => status), [
    "FAILED",
    "FAILED",
    "UNKNOWN",
    "FAILED",
    "FAILED",
  ]);
  assert.deepEqual(effects.map(({ counts }) => counts), [true, true, true, false, true]);
  assert.deepEqual(effects.map(({ waits }) => waits), [false, false, false, true, true]);
  assert.deepEqual(effects.map(({ suppresses }) => suppresses), [false, true, false, false, false]);
});
