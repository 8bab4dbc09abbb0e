import assert from "node:assert/strict";
import { Window } from "../../src/sending/window.ts";

const never = new AbortController().signal;
const LONG_MS = 60_000;

Deno.test("take() takes the places that are free, and release() gives them back", () => {
  const window = new Window(() => 3);
  assert.deepEqual([window.take(2), window.take(2), window.take(1)], [2, 1, 0]);
  window.release(2);
  assert.equal(window.take(5), 2);
});

Deno.test("takeOne() waits for a place, in the order of the calls and before take()", async () => {
  const window = new Window(() => 2);
  const order: string[] = [];
  assert.equal(await window.takeOne(never, false, LONG_MS), 1);
  assert.equal(window.take(1), 1);
  const waiting = ["first", "second"].map(async (name) => {
    const count = await window.takeOne(never, false, LONG_MS);
    order.push(name);
    return count;
  });
  window.release(1);
  assert.equal(window.take(1), 0, "the place belongs to the first that waits");
  window.release(1);
  assert.deepEqual(await Promise.all(waiting), [1, 1]);
  assert.deepEqual(order, ["first", "second"]);
  assert.equal(window.take(1), 0);
});

Deno.test("takeOne() takes no place if the signal fires first", async () => {
  const window = new Window(() => 1);
  window.take(1);
  const abort = new AbortController();
  const aborted = window.takeOne(abort.signal, false, LONG_MS);
  const other = window.takeOne(never, false, LONG_MS);
  abort.abort();
  assert.equal(await aborted, 0);
  assert.equal(await window.takeOne(abort.signal, false, LONG_MS), 0);
  window.release(1);
  assert.equal(await other, 1);
});

Deno.test("takeOne() takes no place if its time passes first", async () => {
  const window = new Window(() => 1);
  window.take(1);
  assert.equal(await window.takeOne(never, false, 0), 0);
  window.release(1);
  assert.equal(window.take(1), 1, "no batch waits any more");
});

Deno.test("a limit that changes applies to the next places", () => {
  let limit = 1;
  const window = new Window(() => limit);
  assert.equal(window.take(5), 1);
  limit = 3;
  assert.equal(window.take(5), 2);
  limit = 1;
  window.release(1);
  assert.equal(window.take(5), 0);
});

Deno.test("takeOne() admits batches that continue and batches that begin in turns", async () => {
  const window = new Window(() => 1);
  window.take(1);
  const order: string[] = [];
  const wait = async (name: string, goesOn: boolean) => {
    await window.takeOne(never, goesOn, LONG_MS);
    order.push(name);
  };
  const waiting = [
    ...["first", "second", "third", "fourth"].map((name) => wait(name, false)),
    ...["large", "huge"].map((name) => wait(name, true)),
  ];
  for (const wait of waiting.keys()) {
    window.release(1);
    assert.equal(window.take(1), 0, `the place belongs to batch ${wait} that waits`);
  }
  await Promise.all(waiting);
  assert.deepEqual(order, ["large", "first", "huge", "second", "third", "fourth"]);
});
