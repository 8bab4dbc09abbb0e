import assert from "node:assert/strict";
import { MESSENGER_RULES } from "../../../src/domain/channel_rules/messenger.ts";

const { checkAddress, checkText, normalizeAddress } = MESSENGER_RULES;

Deno.test("checkAddress() accepts page-scoped ids of up to 32 digits", () => {
  for (const id of ["0", "24601234567890123", "1".repeat(32)]) {
    assert.equal(checkAddress(id), null, id);
  }
  for (const id of ["1".repeat(33), "ann@example.com", "12 34", "-1", "١٢٣"]) {
    assert.equal(checkAddress(id)?.[0], "MALFORMED", id);
  }
  assert.equal(checkAddress("")?.[0], "REQUIRED");
});

Deno.test("normalizeAddress() keeps leading zeros", () => {
  assert.equal(normalizeAddress("0024601234567890123"), "0024601234567890123");
});

Deno.test("checkText() counts characters, not UTF-16 code units, and leaves templates alone", () => {
  assert.equal(checkText("👋".repeat(2_000)), null);
  assert.equal(checkText("x".repeat(2_001))?.[0], "TOO_LONG");
  assert.equal(checkText(`{{ name }}${"x".repeat(2_001)}`), null);
  assert.equal(checkText(" \n")?.[0], "REQUIRED");
});
