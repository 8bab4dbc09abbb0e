import assert from "node:assert/strict";
import { ERROR_MEANINGS } from "../../dashboard/deliveries/error_meanings.ts";
import { MODEL_ERROR_MEANINGS } from "../../dashboard/installation/model_error_meanings.ts";
import { DELIVERY_ERRORS } from "../../src/domain/problems/explanation.ts";
import { MODEL_ERRORS } from "../../src/domain/problems/model_errors.ts";

Deno.test("the page, the API and the guide explain the error types in the same words", async () => {
  assert.deepEqual(ERROR_MEANINGS, DELIVERY_ERRORS);
  const guide = await Deno.readTextFile(new URL("../../docs/failures.md", import.meta.url));
  for (const [type, { meaning, remedy }] of Object.entries(DELIVERY_ERRORS)) {
    const row = guide.split("\n").find((line) => line.startsWith(`| \`${type}\``)) ?? "";
    assert.ok(row.includes(meaning), `docs/failures.md: ${type}: ${meaning}`);
    assert.ok(row.includes(remedy), `docs/failures.md: ${type}: ${remedy}`);
  }
});

Deno.test("the page and the API explain the errors of the language model in the same words", () => {
  assert.deepEqual(MODEL_ERROR_MEANINGS, MODEL_ERRORS);
});
