import assert from "node:assert/strict";
import {
  type DeliveryWaitFacts,
  explainDeliveryWait,
} from "../../../src/domain/deliveries/waiting.ts";
import type { WaitingFor } from "../../../src/domain/waiting.ts";

const NOW = new Date("2026-11-27T14:00:00Z");
const LATER = new Date("2026-11-27T14:05:00Z");

/** A delivery whose batch is in the queue. */
const QUEUED: DeliveryWaitFacts = {
  now: NOW,
  held: false,
  pausedAt: null,
  pauseReason: null,
  pauseCode: null,
  pauseProviderId: null,
  pauseProvider: null,
  sendAt: null,
  notBefore: null,
  attempt: 0,
  deferrals: 0,
  errorCode: null,
  errorMessage: null,
  provider: null,
  providerId: null,
  jobId: "j1",
  running: false,
  inBatch: true,
  position: null,
};
const SENDING = { ...QUEUED, running: true };
const FAILED = {
  ...QUEUED,
  notBefore: LATER,
  attempt: 2,
  errorCode: "451 4.7.1",
  errorMessage: "451 4.7.1 try later",
};
const SMTP = { provider: "smtp.example.com:587", providerId: "p1" };
const PAUSED = { ...FAILED, pausedAt: NOW, pauseReason: "Paused by a person" };

const EXPLANATIONS: readonly (readonly [DeliveryWaitFacts, Partial<WaitingFor>])[] = [
  [{ ...PAUSED, sendAt: LATER }, {
    reason: "PAUSED",
    text: "Paused by a person since 2026-11-27 14:00 UTC",
  }],
  [{ ...QUEUED, sendAt: LATER }, {
    reason: "NOT_DUE",
    text: "Starts at 14:05 UTC",
    until: LATER,
  }],
  [{ ...QUEUED, held: true, sendAt: LATER }, {
    reason: "NOT_DUE",
    text: "Starts at 14:05 UTC",
    until: LATER,
  }],
  [{ ...FAILED, held: true }, {
    reason: "HELD",
    text: "The installation is on hold until an operator releases it",
    until: null,
  }],
  [{ ...SENDING, held: true, position: 3 }, {
    reason: "BEHIND",
    text: "3 deliveries of its batch are before it",
    position: 3,
  }],
  [{ ...FAILED, running: true, position: 3 }, {
    reason: "BACKOFF",
    text: "Waits until 14:05 UTC before attempt 3, because the last attempt failed: " +
      "451 4.7.1 try later",
    until: LATER,
  }],
  [{ ...FAILED, ...SMTP }, {
    reason: "BACKOFF",
    text: "Waits until 14:05 UTC before attempt 3, because the last attempt failed at provider " +
      "smtp.example.com:587: 451 4.7.1 try later",
    until: LATER,
    providerId: "p1",
  }],
  [{ ...FAILED, ...SMTP, deferrals: 1 }, {
    reason: "BACKOFF",
    text: "Waits until 14:05 UTC, because the recipient was throttled at provider " +
      "smtp.example.com:587: 451 4.7.1 try later",
    until: LATER,
    providerId: "p1",
  }],
  [{ ...SENDING, position: 0 }, {
    reason: "BEHIND",
    text: "It is the next delivery of its batch",
    position: 0,
  }],
  [{ ...SENDING, position: 1 }, {
    reason: "BEHIND",
    text: "1 delivery of its batch is before it",
    position: 1,
  }],
  [{ ...SENDING, inBatch: false, position: 7_000 }, {
    reason: "BEHIND",
    text: "7,000 recipients are before it",
    position: 7_000,
  }],
];

for (const [facts, expected] of EXPLANATIONS) {
  Deno.test(`explainDeliveryWait() explains: ${expected.text}`, () => {
    assert.deepEqual(explainDeliveryWait(facts, null), {
      until: null,
      position: null,
      providerId: null,
      ...expected,
    });
  });
}

Deno.test("explainDeliveryWait() returns the wait of its job, unless the delivery itself waits", () => {
  const jobWait: WaitingFor = {
    reason: "LANE_FULL",
    text: "All 2 slots of lane BULK are in use",
    until: null,
    position: null,
    providerId: null,
  };
  assert.equal(explainDeliveryWait(QUEUED, jobWait), jobWait);
  assert.equal(explainDeliveryWait(FAILED, jobWait)?.reason, "BACKOFF");
  assert.equal(explainDeliveryWait({ ...QUEUED, jobId: null }, null), null, "its job has ended");
});
