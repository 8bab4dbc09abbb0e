import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { group } from "../../src/domain/group.ts";
import { onEveryDatabase } from "../support/database.ts";

const RECIPROCALS = statement<[numbers: number[]], { value: number }>(
  "test.reciprocals",
  "select 1 / n::float8 as value from unnest($1::int[]) with ordinality as r(n, k) order by k",
);

/** A group whose runs end when the test ends them. */
function heldGroup(intervalMs?: number) {
  const runs: { readonly items: readonly number[]; end(): void }[] = [];
  const call = group<number, number>(async (items) => {
    const { promise, resolve } = Promise.withResolvers<void>();
    runs.push({ items, end: resolve });
    await promise;
    return items.map((item) => 10 * item);
  }, intervalMs);
  return { runs, call };
}

const ticks = () => new Promise((resolve) => setTimeout(resolve));

Deno.test("group() runs a first call at once, and those that arrive meanwhile together", async () => {
  const { runs, call } = heldGroup();
  const first = call(1);
  await ticks();
  const others = [2, 3, 4].map(call);
  await ticks();
  assert.deepEqual(runs.map(({ items }) => items), [[1]]);
  runs[0]?.end();
  assert.equal(await first, 10);
  await ticks();
  assert.deepEqual(runs.map(({ items }) => items), [[1], [2, 3, 4]]);
  runs[1]?.end();
  assert.deepEqual(await Promise.all(others), [20, 30, 40]);
});

Deno.test("group() runs calls together that arrive within the interval after a start", async () => {
  const { runs, call } = heldGroup(500);
  const first = call(1);
  await ticks();
  runs[0]?.end();
  await first;
  const second = call(2);
  await ticks();
  const third = call(3);
  while (runs.length < 2) await ticks();
  assert.deepEqual(runs.map(({ items }) => items), [[1], [2, 3]]);
  runs[1]?.end();
  assert.deepEqual(await Promise.all([second, third]), [20, 30]);
});

Deno.test("group() runs calls together that follow the same answer", async () => {
  const { runs, call } = heldGroup();
  const results = [1, 2].map(async (item) => {
    for (let hops = 0; hops < 5 * item; hops++) await null;
    return await call(item);
  });
  await ticks();
  assert.deepEqual(runs.map(({ items }) => items), [[1, 2]]);
  runs[0]?.end();
  assert.deepEqual(await Promise.all(results), [10, 20]);
});

Deno.test("group() runs at most 100 calls together", async () => {
  const { runs, call } = heldGroup();
  const results = Array.from({ length: 101 }, (_, item) => call(item));
  while (runs.length < 2) {
    await ticks();
    runs[0]?.end();
  }
  assert.deepEqual(runs.map(({ items }) => items.length), [100, 1]);
  runs[1]?.end();
  assert.equal((await Promise.all(results)).length, 101);
});

onEveryDatabase("group() fails only the call whose data the database refuses", async ({ db }) => {
  const reciprocal = group<number, number>(async (numbers) => {
    const rows = await db.run(RECIPROCALS, [...numbers]);
    return rows.map(({ value }) => value);
  });
  const results = await Promise.allSettled([1, 0, 4].map(reciprocal));
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  assert.equal(await reciprocal(4), 0.25);
});

Deno.test("group() fails all calls of a group for any other error, and runs the next group", async () => {
  let failing = true;
  const call = group<number, number>((items) => {
    if (failing) throw new TypeError(`failed with ${items.length}`);
    return Promise.resolve(items);
  });
  const results = await Promise.allSettled([1, 2].map(call));
  assert.deepEqual(
    results.map((result) => result.status === "rejected" && result.reason.message),
    ["failed with 2", "failed with 2"],
  );
  failing = false;
  assert.equal(await call(3), 3);
});

Deno.test("group() rejects the call whose result is an error", async () => {
  const call = group<number, number>((items) =>
    Promise.resolve(items.map((item) => item === 2 ? new RangeError("two") : item))
  );
  const results = await Promise.allSettled([1, 2, 3].map(call));
  assert.deepEqual(results.map(({ status }) => status), ["fulfilled", "rejected", "fulfilled"]);
  await assert.rejects(call(2), RangeError);
});
