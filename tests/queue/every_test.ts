import assert from "node:assert/strict";
import { DatabaseConnectionError } from "../../src/db/sqlstate.ts";
import { every } from "../../src/queue/every.ts";
import { stopTime } from "../support/clock.ts";
import { logOf } from "../support/log.ts";

const MS = 1_000;
const LONGEST_WAIT_MS = 1.1 * MS;

/** Waits until all promises have settled that need no timer. */
async function settled(): Promise<void> {
  for (let n = 0; n < 10; n++) await Promise.resolve();
}

for (
  const [name, fail] of [
    ["a rejection", () => Promise.reject(new Error("boom"))],
    ["a throw before the first await", () => {
      throw new Error("boom");
    }],
  ] as const
) {
  Deno.test(`every() continues after ${name}`, async () => {
    using clock = stopTime();
    let runs = 0;
    const repeated = every(MS, "Failing", () => {
      runs++;
      return fail();
    });
    for (let n = 0; n < 3; n++) {
      clock.tick(LONGEST_WAIT_MS);
      await settled();
    }
    assert.equal(runs, 3);
    await repeated.stop();
  });
}

Deno.test("every() starts no run before the previous one has ended", async () => {
  using clock = stopTime();
  let runs = 0;
  let finish = () => {};
  const repeated = every(MS, "Working", () => {
    runs++;
    return new Promise((resolve) => finish = resolve);
  });
  clock.tick(10 * LONGEST_WAIT_MS);
  await settled();
  assert.equal(runs, 1);
  finish();
  await settled();
  clock.tick(LONGEST_WAIT_MS);
  assert.equal(runs, 2);
  finish();
  await repeated.stop();
});

Deno.test("every().stop() resolves when the run in progress has ended", async () => {
  using clock = stopTime();
  let runs = 0;
  let finish = () => {};
  const repeated = every(MS, "Working", () => {
    runs++;
    return new Promise((resolve) => finish = resolve);
  });
  clock.tick(LONGEST_WAIT_MS);
  let stopped = false;
  const stopping = repeated.stop().then(() => stopped = true);
  await settled();
  assert.equal(stopped, false);
  finish();
  await stopping;
  clock.tick(10 * LONGEST_WAIT_MS);
  await settled();
  assert.equal(runs, 1);
});

Deno.test("every().healthy() is false while a run hangs, and true once it has succeeded", async () => {
  using clock = stopTime({ performance: true });
  let finish = () => {};
  const repeated = every(MS, "Working", () => new Promise((resolve) => finish = resolve));
  clock.tick(LONGEST_WAIT_MS);
  assert.equal(repeated.healthy(), true);
  clock.tick(MS + 10_000);
  assert.equal(repeated.healthy(), false);
  finish();
  await settled();
  assert.equal(repeated.healthy(), true);
  await repeated.stop();
});

Deno.test("every().healthy() is false while all runs fail", async () => {
  using clock = stopTime({ performance: true });
  const repeated = every(MS, "Failing", () => Promise.reject(new Error("boom")));
  for (let n = 0; n < 12; n++) {
    clock.tick(LONGEST_WAIT_MS);
    await settled();
  }
  assert.equal(repeated.healthy(), false);
  await repeated.stop();
});

for (
  const [name, error, lines] of [
    [
      "an outage of the database once a minute, without a stack",
      new DatabaseConnectionError(new Error("refused")),
      [
        "Working failed and is repeated: The database cannot be reached (refused)",
        "Working failed and is repeated: The database cannot be reached (refused)",
      ],
    ],
    [
      "any other error each time",
      new Error("boom"),
      Array(100).fill("Working failed: Error: boom"),
    ],
  ] as const
) {
  Deno.test(`every() logs ${name}`, async () => {
    const logged = await logOf(async () => {
      using clock = stopTime({ performance: true });
      const repeated = every(MS, "Working", () => Promise.reject(error));
      for (let n = 0; n < 100; n++) {
        clock.tick(LONGEST_WAIT_MS);
        await settled();
      }
      await repeated.stop();
    });
    assert.deepEqual(logged, lines);
  });
}
