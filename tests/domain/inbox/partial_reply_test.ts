import assert from "node:assert/strict";
import { partialText } from "../../../src/domain/inbox/partial_reply.ts";

const SURE =
  '{"topic":null,"sources":[1,2],"missing":["[a] {b}","\\"[["],"confidence":0.9,"text":"';

Deno.test("partialText() reads the text of an incomplete answer", () => {
  assert.equal(partialText(`${SURE}Hello [[[{{{ \\"A`, 0.3), 'Hello [[[{{{ "A');
  assert.equal(partialText(`${SURE}Hello`, 0.95), "");
  assert.equal(partialText('{"topic":"a","sources":[1', 0.3), "");
  assert.equal(partialText("Hello", 0.3), "");
});

Deno.test("partialText() does not parse an answer that is nested deeper than a reply", () => {
  for (
    const nested of ["[[[", '{"a":[[', '{"text":"Hello","a":{"b":[', '{"text":"Hello","a":[[1']
  ) {
    assert.equal(partialText(nested, 0.3), "");
  }
});
