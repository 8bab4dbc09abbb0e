import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import {
  inWords,
  issuesOfRhythm,
  nextTick,
  type Rhythm,
  upcomingTicks,
} from "../../../src/domain/schedules/ticks.ts";

function byCron(cron: string, timezone = "UTC"): Rhythm {
  return { cron, intervalMs: null, timezone };
}

function byInterval(intervalMs: number): Rhythm {
  return { cron: null, intervalMs, timezone: "UTC" };
}

function ticks(cron: string, timezone: string, after: string, count: number): string[] {
  const found: string[] = [];
  let tick: Date | null = new Date(after);
  while (found.length < count && (tick = nextTick(byCron(cron, timezone), tick))) {
    found.push(tick.toISOString().slice(0, 16) + "Z");
  }
  return found;
}

function faults(cron: string, timezone: string): string[] {
  try {
    nextTick(byCron(cron, timezone), new Date());
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

Deno.test("nextTick() counts an interval from the tick before, so that delays do not add up", () => {
  const next = (after: string, previous: string | null) =>
    nextTick(byInterval(60_000), new Date(after), previous === null ? null : new Date(previous))
      ?.toISOString();
  assert.equal(
    next("2026-07-01T12:00:00.700Z", "2026-07-01T12:00:00Z"),
    "2026-07-01T12:01:00.000Z",
  );
  assert.equal(next("2026-07-01T12:05:30Z", "2026-07-01T12:00:10Z"), "2026-07-01T12:06:10.000Z");
  assert.equal(next("2026-07-01T12:00:00Z", null), "2026-07-01T12:01:00.000Z");
  // The clock was set back since.
  assert.equal(next("2026-07-01T12:00:00Z", "2026-07-02T12:00:00Z"), "2026-07-01T12:01:00.000Z");
});

Deno.test("upcomingTicks() begins with the next one, and has none while paused", () => {
  const nextAt = new Date("2026-07-01T12:00:00Z");
  const hours = (rhythm: Rhythm, enabled = true) =>
    upcomingTicks({ ...rhythm, enabled, nextAt }, 3).map((tick) => tick.toISOString().slice(8, 16));
  assert.deepEqual(hours(byCron("0 */6 * * *")), ["01T12:00", "01T18:00", "02T00:00"]);
  assert.deepEqual(hours(byInterval(90 * 60_000)), ["01T12:00", "01T13:30", "01T15:00"]);
  assert.deepEqual(hours(byCron("0 */6 * * *"), false), []);
});

Deno.test("inWords() describes cron expressions and intervals", () => {
  assert.equal(inWords(byCron("*/15 * * * *")), "Every 15 minutes");
  assert.equal(inWords(byCron("0 14 * * 1-5")), "At 14:00, Monday through Friday");
  assert.equal(inWords(byInterval(60_000)), "Every minute");
  assert.equal(inWords(byInterval(90_000)), "Every 90 seconds");
  assert.equal(inWords(byInterval(7_200_000)), "Every 2 hours");
});

Deno.test("issuesOfRhythm() gives the reason of the parser, and finds a date that never comes", () => {
  const now = new Date("2026-07-01T12:00:00Z");
  const [malformed] = issuesOfRhythm("61 * * * *", "UTC", now);
  assert.deepEqual([malformed?.path, malformed?.code], [["cron"], "MALFORMED"]);
  assert.match(malformed?.message ?? "", /CronPattern: Invalid value .*61/);
  const [never] = issuesOfRhythm("0 2 30 2 *", "UTC", now);
  assert.deepEqual([never?.path, never?.code], [["cron"], "NEVER_DUE"]);
  assert.deepEqual(issuesOfRhythm("0 2 29 2 *", "Europe/Berlin", now), []);
});
