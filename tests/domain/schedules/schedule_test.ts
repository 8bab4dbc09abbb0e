import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { nextTick } from "../../../src/domain/schedules/schedule.ts";

function ticks(cron: string, timezone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let tick: Date | null = new Date(after);
  while (found.length < count && (tick = nextTick(cron, timezone, tick))) {
    found.push(tick.toISOString().slice(0, 16) + "Z");
  }
  return found;
}

function faults(cron: string, timezone: string): string[] {
  try {
    nextTick(cron, timezone, new Date());
    return [];
  } catch (error) {
    assert(error instanceof InvalidInputError);
    return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
  }
}

Deno.test("nextTick() reads the expression in the schedule's time zone", () => {
  const after = "2026-07-01T12:00:00Z";
  assert.deepEqual(ticks("0 2 * * *", "UTC", after, 1), ["2026-07-02T02:00Z"]);
  assert.deepEqual(ticks("0 2 * * *", "Europe/Berlin", after, 1), ["2026-07-02T00:00Z"]);
  assert.deepEqual(ticks("*/15 9 * * 1", "America/New_York", after, 2), [
    "2026-07-06T13:00Z",
    "2026-07-06T13:15Z",
  ]);
});

Deno.test("nextTick() never returns the instant that it starts from", () => {
  assert.deepEqual(ticks("* * * * *", "UTC", "2026-07-01T12:00:00.000Z", 1), ["2026-07-01T12:01Z"]);
  assert.deepEqual(ticks("* * * * *", "UTC", "2026-07-01T11:59:59.999Z", 1), ["2026-07-01T12:00Z"]);
});

Deno.test("nextTick() returns one tick a day when clocks are put forward", () => {
  // 02:30 does not exist in Berlin on 29 March 2026, so 03:00 replaces it.
  assert.deepEqual(ticks("30 2 * * *", "Europe/Berlin", "2026-03-28T00:00:00Z", 3), [
    "2026-03-28T01:30Z",
    "2026-03-29T01:00Z",
    "2026-03-30T00:30Z",
  ]);
});

Deno.test("nextTick() returns one tick a day when clocks are put back", () => {
  // 02:30 comes twice in Berlin on 25 October 2026.
  assert.deepEqual(ticks("30 2 * * *", "Europe/Berlin", "2026-10-24T00:00:00Z", 3), [
    "2026-10-24T00:30Z",
    "2026-10-25T00:30Z",
    "2026-10-26T01:30Z",
  ]);
});

Deno.test("nextTick() keeps intervals constant across both changes", () => {
  assert.deepEqual(ticks("*/30 * * * *", "Europe/Berlin", "2026-03-29T00:00:00Z", 4), [
    "2026-03-29T00:30Z",
    "2026-03-29T01:00Z",
    "2026-03-29T01:30Z",
    "2026-03-29T02:00Z",
  ]);
  assert.deepEqual(ticks("*/30 * * * *", "Europe/Berlin", "2026-10-24T23:45:00Z", 6), [
    "2026-10-25T00:00Z",
    "2026-10-25T00:30Z",
    "2026-10-25T01:00Z",
    "2026-10-25T01:30Z",
    "2026-10-25T02:00Z",
    "2026-10-25T02:30Z",
  ]);
});

Deno.test("nextTick() returns null if there is no tick", () => {
  assert.deepEqual(ticks("0 2 30 2 *", "UTC", "2026-07-01T12:00:00Z", 1), []);
});

Deno.test("nextTick() reports an invalid cron expression and an invalid time zone together", () => {
  for (
    const cron of ["", "* * * *", "0 0 * * * *", "61 * * * *", "a b c d e", "2030-01-01T00:00:00Z"]
  ) {
    assert.deepEqual(faults(cron, "UTC"), ["cron MALFORMED"], cron);
  }
  for (const timezone of ["", "Mars/Olympus", "Europe/Berlin\n"]) {
    assert.deepEqual(faults("* * * * *", timezone), ["timezone MALFORMED"], timezone);
  }
  assert.deepEqual(faults("never", "Mars/Olympus"), ["cron MALFORMED", "timezone MALFORMED"]);
});
