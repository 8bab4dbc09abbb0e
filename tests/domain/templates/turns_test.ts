import assert from "node:assert/strict";
import { Turns } from "../../../src/domain/templates/turns.ts";

function filled(items: readonly string[]): Turns<string> {
  const turns = new Turns<string>();
  for (const item of items) turns.add(item.slice(0, 1), item);
  return turns;
}

Deno.test("the owner that has used the least CPU time is next", () => {
  const turns = filled(["a1", "a2", "b1", "b2", "c1"]);
  turns.spend("a", 1_000);
  turns.spend("b", 10);
  assert.deepEqual(turns.take(2), ["c1"]);
  assert.deepEqual(turns.take(1), ["b1"]);
  turns.spend("b", 2_000);
  assert.deepEqual(turns.take(10), ["a1", "a2"]);
  assert.deepEqual(turns.take(10), ["b2"]);
  assert.ok(turns.isEmpty);
});

Deno.test("items that are put back are the next ones of their owner, in the same order", () => {
  const turns = filled(["a1", "a2", "a3", "b1"]);
  const [first, ...others] = turns.take(3);
  assert.equal(first, "a1");
  turns.putBack(others.map((item) => ["a", item]));
  turns.spend("a", 1);
  assert.deepEqual(turns.take(10), ["b1"]);
  assert.deepEqual(turns.take(10), ["a2", "a3"]);
});

Deno.test("an owner that was idle gets no more CPU time than one that was busy", () => {
  const turns = filled(["a1"]);
  assert.deepEqual(turns.take(1), ["a1"]);
  turns.spend("a", 1_000);
  turns.add("a", "a2");
  assert.deepEqual(turns.take(1), ["a2"]);
  turns.add("a", "a3");
  turns.add("b", "b1");
  turns.add("b", "b2");
  assert.deepEqual(turns.take(1), ["a3"]);
  turns.spend("a", 1);
  assert.deepEqual(turns.take(1), ["b1"]);
  turns.spend("b", 2);
  turns.add("a", "a4");
  assert.deepEqual(turns.take(2), ["a4"]);
});
