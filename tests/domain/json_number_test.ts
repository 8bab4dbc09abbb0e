import assert from "node:assert/strict";
import { toNumberOrText } from "../../src/domain/json_number.ts";

Deno.test("toNumberOrText() returns a number that a double holds", () => {
  const sources = ["0", "-0.0", "7", "-1.50", "1e3", "9007199254740991", "-9007199254740991"];
  // 0.1 as C and older versions of PHP print it.
  for (const source of [...sources, "0.10000000000000001", "0.30000000000000004", "0e9"]) {
    assert.equal(toNumberOrText(source), Number(source));
  }
});

Deno.test("toNumberOrText() returns any other number as it was written", () => {
  const sources = [
    "9007199254740992",
    "-9007199254740993",
    "12345678901234567890",
    "1e22",
    "1e400",
  ];
  for (const source of [...sources, "0.123456789012345678", "1234567890123456.78", "1E-400"]) {
    assert.equal(toNumberOrText(source), source);
  }
});
