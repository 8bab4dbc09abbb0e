import assert from "node:assert/strict";
import { explainJobWait, type JobWaitFacts } from "../../../src/domain/jobs/waiting.ts";
import type { PausedRow, WaitingFor } from "../../../src/domain/waiting.ts";

const NOW = new Date("2026-11-27T14:00:00Z");
const RUN_AT = new Date("2026-11-27T14:05:00Z");
const PROBE_AT = new Date("2026-11-27T14:00:20Z");
const FREE = { slots: 4, running: 3 };

/** A job that is next in its partition. */
const DUE: JobWaitFacts = {
  now: NOW,
  lane: "BULK",
  held: false,
  lanePausedAt: null,
  lanePausedBy: null,
  later: false,
  runAt: NOW,
  attempt: 0,
  error: null,
  waitReason: null,
  providerId: null,
  provider: null,
  providerEnabled: null,
  providerErrorType: null,
  providerErrorCode: null,
  providerErrorMessage: null,
  providerRetryAt: null,
  position: 0,
};
const LATER: JobWaitFacts = { ...DUE, later: true, runAt: RUN_AT };
const SMTP = { providerId: "p1", provider: "smtp.example.com:587", providerEnabled: true };
const REFUSED = {
  ...SMTP,
  providerErrorType: "NETWORK",
  providerErrorCode: "ECONNREFUSED",
  providerErrorMessage: "connect ECONNREFUSED",
  providerRetryAt: PROBE_AT,
};

const EXPLANATIONS: readonly (readonly [
  facts: JobWaitFacts,
  expected: Partial<WaitingFor>,
  use?: { slots: number; running: number },
])[] = [
  [DUE, { reason: "BEHIND", text: "It is next: a worker starts it within a second", position: 0 }],
  [{ ...DUE, position: 41 }, {
    reason: "BEHIND",
    text: "41 jobs of the same type are before it",
    position: 41,
  }],
  [{ ...DUE, position: null }, {
    reason: "BEHIND",
    text: "More than 10,000 jobs of the same type are before it",
    position: null,
  }],
  [DUE, { reason: "LANE_FULL", text: "All 4 slots of lane BULK are in use" }, {
    slots: 4,
    running: 4,
  }],
  [DUE, { reason: "LANE_FULL", text: "The only slot of lane BULK is in use" }, {
    slots: 1,
    running: 1,
  }],
  // All jobs of the lane stand still, so that the position explains nothing.
  [
    { ...DUE, lane: "AI", position: 41 },
    { reason: "LANE_PAUSED", text: "No running worker serves lane AI" },
    { slots: 0, running: 0 },
  ],
  [
    {
      ...DUE,
      position: 41,
      lanePausedAt: new Date("2026-11-27T13:04:05Z"),
      lanePausedBy: "ada",
    },
    { reason: "LANE_PAUSED", text: "Lane BULK is paused by ada since 2026-11-27 13:04 UTC" },
    { slots: 0, running: 0 },
  ],
  [{ ...LATER, runAt: null }, {
    reason: "PAUSED",
    text: "Parked until its message is resumed",
  }],
  [LATER, { reason: "NOT_DUE", text: "Starts at 14:05 UTC", until: RUN_AT }],
  [{ ...LATER, held: true }, { reason: "NOT_DUE", text: "Starts at 14:05 UTC", until: RUN_AT }],
  [{ ...LATER, runAt: null, held: true }, {
    reason: "PAUSED",
    text: "Parked until its message is resumed",
  }],
  [{ ...DUE, held: true, position: 41 }, {
    reason: "HELD",
    text: "The installation is on hold until an operator releases it",
    until: null,
    position: null,
  }],
  [{ ...LATER, ...REFUSED, held: true, waitReason: "PROVIDER_OPEN" }, {
    reason: "HELD",
    text: "The installation is on hold until an operator releases it",
  }],
  [
    {
      ...LATER,
      attempt: 2,
      error: { type: "NETWORK", code: null, message: "451 4.7.1 try later" },
    },
    {
      reason: "BACKOFF",
      text: "Waits until 14:05 UTC before attempt 3, because the last attempt failed: " +
        "451 4.7.1 try later",
      until: RUN_AT,
    },
  ],
  [{ ...LATER, waitReason: "BACKOFF" }, {
    reason: "BACKOFF",
    text: "Waits until 14:05 UTC before the next attempt, because the last one failed",
    until: RUN_AT,
  }],
  [{ ...LATER, ...SMTP, waitReason: "RATE_LIMIT" }, {
    reason: "RATE_LIMIT",
    text: "Waits until 14:05 UTC for the rate limit of provider smtp.example.com:587",
    until: RUN_AT,
    providerId: "p1",
  }],
  [
    {
      ...LATER,
      ...REFUSED,
      waitReason: "RATE_LIMIT",
      providerErrorType: "RATE_LIMIT",
      providerErrorCode: "454 4.7.0",
      providerErrorMessage: "454 4.7.0 Too many logins",
    },
    {
      reason: "RATE_LIMIT",
      text: "Waits for provider smtp.example.com:587, which throttles: 454 4.7.0 Too many logins",
      until: PROBE_AT,
      providerId: "p1",
    },
  ],
  [{ ...LATER, ...REFUSED, waitReason: "PROVIDER_OPEN" }, {
    reason: "PROVIDER_OPEN",
    text: "Waits for provider smtp.example.com:587, which cannot be reached: connect ECONNREFUSED",
    until: PROBE_AT,
    providerId: "p1",
  }],
  [{ ...LATER, ...REFUSED, waitReason: "PROVIDER_OPEN", providerRetryAt: NOW }, {
    reason: "PROVIDER_OPEN",
    text: "Waits for provider smtp.example.com:587, which cannot be reached: connect ECONNREFUSED",
    until: RUN_AT,
    providerId: "p1",
  }],
  [
    {
      ...LATER,
      ...REFUSED,
      waitReason: "PROVIDER_OPEN",
      providerErrorType: "ACCESS_TOKEN",
      providerErrorMessage: "535 5.7.8 Authentication credentials invalid",
      providerErrorCode: "535 5.7.8",
    },
    {
      reason: "PROVIDER_OPEN",
      text: "Waits for provider smtp.example.com:587, which refuses requests: " +
        "535 5.7.8 Authentication credentials invalid",
      until: PROBE_AT,
      providerId: "p1",
    },
  ],
  [{ ...LATER, ...SMTP, providerEnabled: false, waitReason: "PROVIDER_OPEN" }, {
    reason: "PROVIDER_OPEN",
    text: "Waits until an operator enables provider smtp.example.com:587",
    until: null,
    providerId: "p1",
  }],
  [{ ...LATER, ...SMTP, waitReason: "PROVIDER_OPEN" }, {
    reason: "PROVIDER_OPEN",
    text: "Waits until 14:05 UTC to try provider smtp.example.com:587 again, because the last " +
      "attempt failed",
    until: RUN_AT,
    providerId: "p1",
  }],
  // The reason of an earlier wait means nothing once the job is due.
  [{ ...DUE, ...REFUSED, waitReason: "PROVIDER_OPEN", position: 1 }, {
    reason: "BEHIND",
    text: "1 job of the same type is before it",
    position: 1,
  }],
];

for (const [facts, expected, use = FREE] of EXPLANATIONS) {
  Deno.test(`explainJobWait() explains: ${expected.text}`, () => {
    assert.deepEqual(explainJobWait(facts, use, null), {
      until: null,
      position: null,
      providerId: null,
      ...expected,
    });
  });
}

Deno.test("explainJobWait() explains the pause of the message, whether the job is parked or due", () => {
  const pause: PausedRow = {
    pausedAt: new Date("2026-11-27T13:04:00Z"),
    pauseReason: "Paused by a person",
    pauseCode: null,
    pauseProviderId: null,
    pauseProvider: null,
  };
  for (const facts of [DUE, LATER, { ...LATER, runAt: null }]) {
    const { reason, text } = explainJobWait(facts, FREE, pause);
    assert.deepEqual([reason, text], ["PAUSED", "Paused by a person since 2026-11-27 13:04 UTC"]);
  }
});
