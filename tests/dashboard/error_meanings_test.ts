import assert from "node:assert/strict";
import { ERROR_MEANINGS } from "../../dashboard/deliveries/error_meanings.ts";
import { DELIVERY_ERRORS } from "../../src/domain/problems/explanation.ts";

Deno.test("the page, the API and the README explain the error types in the same words", async () => {
  assert.deepEqual(ERROR_MEANINGS, DELIVERY_ERRORS);
  const readme = await Deno.readTextFile(new URL("../../README.md", import.meta.url));
  for (const [type, { meaning, remedy }] of Object.entries(DELIVERY_ERRORS)) {
    const row = readme.split("\n").find((line) => line.startsWith(`| \`${type}\``)) ?? "";
    assert.ok(row.includes(meaning), `README: ${type}: ${meaning}`);
    assert.ok(row.includes(remedy), `README: ${type}: ${remedy}`);
  }
});
