import assert from "node:assert/strict";
import { WakeSignal } from "../../src/queue/wake_signal.ts";
import { stopTime } from "../support/clock.ts";

/** Makes loops wait; returns the names of those that have woken so far. */
function sleepers(signal: WakeSignal, ...names: string[]): string[] {
  const awake: string[] = [];
  for (const name of names) signal.wait(1_000).then(() => awake.push(name));
  return awake;
}

/** Waits until all promises have settled that need no timer. */
async function settled(): Promise<void> {
  for (let n = 0; n < 5; n++) await Promise.resolve();
}

Deno.test("wake() wakes the loop that has slept longest", async () => {
  using _clock = stopTime();
  const signal = new WakeSignal();
  const awake = sleepers(signal, "first", "second");
  signal.wake();
  await settled();
  assert.deepEqual(awake, ["first"]);
  signal.wake();
  await settled();
  assert.deepEqual(awake, ["first", "second"]);
});

Deno.test("wake() without a sleeper makes the next wait() return at once", async () => {
  using _clock = stopTime();
  const signal = new WakeSignal();
  signal.wake();
  signal.wake();
  const awake = sleepers(signal, "first", "second");
  await settled();
  assert.deepEqual(awake, ["first"]);
});

Deno.test("wakeAll() wakes all loops, and the next one at once", async () => {
  using _clock = stopTime();
  const signal = new WakeSignal();
  const awake = sleepers(signal, "first", "second");
  signal.wakeAll();
  await settled();
  assert.deepEqual(awake, ["first", "second"]);
  assert.deepEqual(await Promise.all([signal.wait(1_000)]), [undefined]);
});

Deno.test("wait() returns after its time, and removes its sleeper", async () => {
  using clock = stopTime();
  const signal = new WakeSignal();
  const awake = sleepers(signal, "first");
  clock.tick(999);
  await settled();
  assert.deepEqual(awake, []);
  clock.tick(1);
  await settled();
  assert.deepEqual(awake, ["first"]);

  // A sleeper that timed out is removed: the loop that waits now is woken.
  const later = sleepers(signal, "second");
  signal.wake();
  await settled();
  assert.deepEqual(later, ["second"]);
});
