import assert from "node:assert/strict";
import type { Content } from "../../../src/domain/rendering.ts";
import { KnownContents } from "../../../src/domain/templates/contents.ts";

const LARGE: Content = { subject: "Hello", text: "x".repeat(8_000_000) };

Deno.test("a content that is used together with another one is not forgotten for it", () => {
  const known = new KnownContents();
  assert.deepEqual(known.use(new Map([[1, LARGE], [2, LARGE]])).forget, []);
  // The third one exceeds the maximum together with both others, of which the first one is used again.
  const { define, forget } = known.use(new Map([[3, LARGE], [1, LARGE]]));
  assert.deepEqual(define.map(([id]) => id), [3]);
  assert.deepEqual(forget, [2]);
  assert.deepEqual(known.use(new Map([[1, LARGE]])).define, []);
});
