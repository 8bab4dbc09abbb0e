import assert from "node:assert/strict";
import { Window } from "../../src/sending/window.ts";

const never = new AbortController().signal;

Deno.test("take() takes the places that are free, and release() gives them back", () => {
  const window = new Window(() => 3);
  assert.deepEqual([window.take(2), window.take(2), window.take(1)], [2, 1, 0]);
  window.release(2);
  assert.equal(window.take(5), 2);
});

Deno.test("takeFirst() waits for a place, in the order of the calls and before take()", async () => {
  const window = new Window(() => 2);
  const order: string[] = [];
  assert.equal(await window.takeFirst(never), 1);
  assert.equal(window.take(1), 1);
  const waiting = ["first", "second"].map(async (name) => {
    const count = await window.takeFirst(never);
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

Deno.test("takeFirst() takes no place if the signal fires first", async () => {
  const window = new Window(() => 1);
  window.take(1);
  const abort = new AbortController();
  const aborted = window.takeFirst(abort.signal);
  const other = window.takeFirst(never);
  abort.abort();
  assert.equal(await aborted, 0);
  assert.equal(await window.takeFirst(abort.signal), 0);
  window.release(1);
  assert.equal(await other, 1);
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
