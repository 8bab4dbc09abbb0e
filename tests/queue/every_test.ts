import assert from "node:assert/strict";
import { every } from "../../src/queue/every.ts";
import { stopTime } from "../support/clock.ts";

const MS = 1_000;
const SCATTERED_MS = 1.1 * MS;

/** Lets all that is settled by now be heard. */
async function heard(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("every() goes on after a failure", async () => {
  using clock = stopTime();
  let turns = 0;
  const stop = every(MS, "Failing", () => {
    turns++;
    return Promise.reject(new Error("boom"));
  });
  for (let n = 0; n < 3; n++) {
    clock.tick(SCATTERED_MS);
    await heard();
  }
  assert.equal(turns, 3);
  await stop();
});

Deno.test("every() begins no turn before the last one has ended", async () => {
  using clock = stopTime();
  let turns = 0;
  let finish = () => {};
  const stop = every(MS, "Working", () => {
    turns++;
    return new Promise((resolve) => finish = resolve);
  });
  clock.tick(10 * SCATTERED_MS);
  await heard();
  assert.equal(turns, 1);
  finish();
  await heard();
  clock.tick(SCATTERED_MS);
  assert.equal(turns, 2);
  finish();
  await stop();
});

Deno.test("every() has stopped when the turn under way has ended", async () => {
  using clock = stopTime();
  let turns = 0;
  let finish = () => {};
  const stop = every(MS, "Working", () => {
    turns++;
    return new Promise((resolve) => finish = resolve);
  });
  clock.tick(SCATTERED_MS);
  let stopped = false;
  const stopping = stop().then(() => stopped = true);
  await heard();
  assert.equal(stopped, false);
  finish();
  await stopping;
  clock.tick(10 * SCATTERED_MS);
  await heard();
  assert.equal(turns, 1);
});
