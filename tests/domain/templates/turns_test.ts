import assert from "node:assert/strict";
import { Turns } from "../../../src/domain/templates/turns.ts";

Deno.test("owners take turns, in the order of their own items", () => {
  const turns = new Turns<string>();
  for (const item of ["a1", "a2", "a3"]) turns.add("a", item);
  for (const item of ["b1", "c1"]) turns.add(item.slice(0, 1), item);
  assert.deepEqual(turns.take(4), ["a1", "b1", "c1", "a2"]);
  turns.add("b", "b2");
  turns.putBack([["c", "c1"], ["a", "a2"]]);
  assert.deepEqual(turns.take(10), ["c1", "a2", "b2", "a3"]);
  assert.ok(turns.isEmpty);
});
