import assert from "node:assert/strict";
import { Pace } from "../../src/channels/pace.ts";
import { stopTime } from "../support/clock.ts";

/** Lets all that is settled by now be heard. */
async function heard(): Promise<void> {
  for (let turn = 0; turn < 10; turn++) await Promise.resolve();
}

Deno.test("Pace lets one in every 100 ms, of ten in a second, in the order of asking", async () => {
  using clock = stopTime();
  const pace = new Pace(10);
  const had: number[] = [];
  const all = [1, 2, 3, 4].map((n) => pace.turn().then(() => had.push(n)));
  await heard();
  assert.deepEqual(had, [1]);
  clock.tick(100);
  await heard();
  assert.deepEqual(had, [1, 2]);
  clock.tick(50);
  await heard();
  assert.deepEqual(had, [1, 2]);
  clock.tick(150);
  await Promise.all(all);
  assert.deepEqual(had, [1, 2, 3, 4]);
});
