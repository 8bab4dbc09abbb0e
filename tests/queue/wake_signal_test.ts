import assert from "node:assert/strict";
import { WakeSignal } from "../../src/queue/wake_signal.ts";
import { stopTime } from "../support/clock.ts";

/** Lets loops fall asleep; answers who has woken so far. */
function sleepers(signal: WakeSignal, ...names: string[]): string[] {
  const awake: string[] = [];
  for (const name of names) signal.wait(1_000).then(() => awake.push(name));
  return awake;
}

/** Lets all that is settled by now be heard. */
async function heard(): Promise<void> {
  for (let turn = 0; turn < 5; turn++) await Promise.resolve();
}

Deno.test("wake() wakes one, the one that has slept longest", async () => {
  using _clock = stopTime();
  const signal = new WakeSignal();
  const awake = sleepers(signal, "first", "second");
  signal.wake();
  await heard();
  assert.deepEqual(awake, ["first"]);
  signal.wake();
  await heard();
  assert.deepEqual(awake, ["first", "second"]);
});

Deno.test("a wake-up that finds nobody asleep keeps the next one awake, once", async () => {
  using _clock = stopTime();
  const signal = new WakeSignal();
  signal.wake();
  signal.wake();
  const awake = sleepers(signal, "first", "second");
  await heard();
  assert.deepEqual(awake, ["first"]);
});

Deno.test("wakeAll() wakes all who sleep, and the next who comes", async () => {
  using _clock = stopTime();
  const signal = new WakeSignal();
  const awake = sleepers(signal, "first", "second");
  signal.wakeAll();
  await heard();
  assert.deepEqual(awake, ["first", "second"]);
  assert.deepEqual(await Promise.all([signal.wait(1_000)]), [undefined]);
});

Deno.test("a sleeper wakes by itself in the end, and is then no sleeper any more", async () => {
  using clock = stopTime();
  const signal = new WakeSignal();
  const awake = sleepers(signal, "first");
  clock.tick(999);
  await heard();
  assert.deepEqual(awake, []);
  clock.tick(1);
  await heard();
  assert.deepEqual(awake, ["first"]);

  // Woken is who sleeps now, not who slept then.
  const later = sleepers(signal, "second");
  signal.wake();
  await heard();
  assert.deepEqual(later, ["second"]);
});
