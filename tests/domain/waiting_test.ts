import assert from "node:assert/strict";
import {
  formatError,
  formatUntil,
  type PausedRow,
  waitBehind,
  waitUntilDue,
  waitWhilePaused,
} from "../../src/domain/waiting.ts";

const NOW = new Date("2026-11-27T14:00:00Z");

const PAUSED: PausedRow = {
  pausedAt: new Date("2026-11-27T13:04:50Z"),
  pauseReason: "Paused by a person",
  pauseCode: null,
  pauseProviderId: null,
  pauseProvider: null,
};

for (
  const [at, text] of [
    ["2026-11-27T14:05:00Z", "14:05 UTC"],
    ["2026-11-27T14:00:29.001Z", "14:00:30 UTC"],
    ["2026-11-27T14:09:59.001Z", "14:10 UTC"],
    ["2026-11-27T14:10:00.001Z", "14:11 UTC"],
    ["2026-11-27T23:59:30Z", "2026-11-28 00:00 UTC"],
    ["2026-12-01T09:00:00Z", "2026-12-01 09:00 UTC"],
  ] as const
) {
  Deno.test(`formatUntil() formats ${at} as ${text} at 14:00 on November 27`, () => {
    assert.equal(formatUntil(new Date(at), NOW), text);
  });
}

for (
  const [code, message, text] of [
    ["451 4.7.1", "451 4.7.1 try later", "451 4.7.1 try later"],
    ["368", "The action is deemed abusive", "The action is deemed abusive (368)"],
    [null, "The worker died", "The worker died"],
    ["ECONNREFUSED", null, "ECONNREFUSED"],
    [null, null, "no reason is known"],
  ] as const
) {
  Deno.test(`formatError() formats the code ${code} and the message ${message}`, () => {
    assert.equal(formatError(code, message), text);
  });
}

for (
  const [paused, expected] of [
    [{}, {
      reason: "PAUSED",
      text: "Paused by a person since 2026-11-27 13:04 UTC",
    }],
    [
      {
        pauseReason: "535 5.7.8 Authentication failed",
        pauseCode: "535 5.7.8",
        pauseProviderId: "p1",
        pauseProvider: "smtp.example.com:587",
      },
      {
        reason: "PAUSED",
        text: "Paused since 2026-11-27 13:04 UTC because of an error of provider " +
          "smtp.example.com:587: 535 5.7.8 Authentication failed",
        providerId: "p1",
      },
    ],
    [
      {
        pauseReason: "smtp.example.com:587: 535 Denied; smtp2.example.com:587: 535 No",
        pauseCode: "535",
        pauseProviderId: "p1",
        pauseProvider: "smtp.example.com:587",
      },
      {
        reason: "PAUSED",
        text: "Paused since 2026-11-27 13:04 UTC because of an error of provider " +
          "smtp.example.com:587: 535 Denied; smtp2.example.com:587: 535 No",
        providerId: "p1",
      },
    ],
    [
      { pauseReason: "Planning failed or was cancelled", pauseCode: "PLANNING_STOPPED" },
      {
        reason: "PAUSED",
        text: "Paused since 2026-11-27 13:04 UTC because of an error: " +
          "Planning failed or was cancelled",
      },
    ],
    [
      {
        pauseReason: "The provider is disabled",
        pauseCode: "DISABLED",
        pauseProviderId: "p1",
        pauseProvider: "smtp.example.com:587",
      },
      {
        reason: "NO_PROVIDER",
        text: "Paused since 2026-11-27 13:04 UTC because of an error of provider " +
          "smtp.example.com:587: The provider is disabled",
        providerId: "p1",
      },
    ],
    [
      { pauseReason: "The channel is not configured", pauseCode: "NOT_CONFIGURED" },
      {
        reason: "NO_PROVIDER",
        text: "Paused since 2026-11-27 13:04 UTC because of an error: " +
          "The channel is not configured",
      },
    ],
  ] as const
) {
  Deno.test(`waitWhilePaused() explains the pause: ${expected.text}`, () => {
    assert.deepEqual(waitWhilePaused({ ...PAUSED, ...paused }), {
      until: null,
      position: null,
      providerId: null,
      ...expected,
    });
  });
}

Deno.test("waitWhilePaused() returns null for a message that is not paused", () => {
  assert.equal(waitWhilePaused({ ...PAUSED, pausedAt: null }), null);
});

Deno.test("waitUntilDue() explains a chosen start", () => {
  const until = new Date("2026-12-24T18:00:00Z");
  assert.deepEqual(waitUntilDue(until, NOW), {
    reason: "NOT_DUE",
    text: "Starts at 2026-12-24 18:00 UTC",
    until,
    position: null,
    providerId: null,
  });
});

for (
  const [position, text] of [
    [0, "It is next"],
    [1, "1 job is before it"],
    [41, "41 jobs are before it"],
    [10_000, "10,000 jobs are before it"],
    [null, "More than 10,000 jobs are before it"],
  ] as const
) {
  Deno.test(`waitBehind() explains position ${position}`, () => {
    const wait = waitBehind(position, ["job", "jobs"], "It is next");
    const none = { until: null, providerId: null };
    assert.deepEqual(wait, { reason: "BEHIND", text, position, ...none });
  });
}
