import assert from "node:assert/strict";
import { quoteLongNumbers } from "../../src/server/long_numbers.ts";

Deno.test("quoteLongNumbers() quotes only numbers that a double cannot hold", () => {
  const json =
    '{"a": [12345678901234567890, {"b" :-0.12345678901234567890}], "c": 1e400, "d": 1.5}';
  assert.deepEqual(JSON.parse(quoteLongNumbers(json)), {
    a: ["12345678901234567890", { b: "-0.12345678901234567890" }],
    c: "1e400",
    d: 1.5,
  });
});

Deno.test("quoteLongNumbers() leaves texts that look like numbers", () => {
  const value = { a: "12345678901234567890", b: '\\", 12345678901234567890', c: ":1e400" };
  assert.deepEqual(JSON.parse(quoteLongNumbers(JSON.stringify(value))), value);
});

Deno.test("quoteLongNumbers() returns invalid and deeply nested JSON unchanged", () => {
  const deep = "[".repeat(100_000) + "12345678901234567890" + "]".repeat(100_000);
  for (const json of ["[12345678901234567890", "[1e400,]", deep]) {
    assert.equal(quoteLongNumbers(json), json);
  }
});
