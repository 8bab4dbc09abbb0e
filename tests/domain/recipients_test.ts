import assert from "node:assert/strict";
import { EMAIL_RULES } from "../../src/domain/channel_rules/email.ts";
import { checkRecipient, type RecipientInput, tidyRecipient } from "../../src/domain/recipients.ts";
import { nested } from "../support/nesting.ts";

function faults(input: RecipientInput): string[] {
  return checkRecipient(tidyRecipient(input), EMAIL_RULES, ["to", "list", "7"])
    .map(({ path, code }) => `${path.join(".")} ${code}`);
}

Deno.test("checkRecipient() reports the fault of the channel's address check", () => {
  assert.deepEqual(faults({ address: "  ann@example.com\t" }), []);
  assert.deepEqual(faults({ address: "ann" }), ["to.list.7.address MALFORMED"]);
  assert.deepEqual(faults({ address: "   " }), ["to.list.7.address REQUIRED"]);
});

Deno.test("checkRecipient() refuses line ends and NUL characters anywhere in address and name", () => {
  for (const end of ["\r\nBcc: x@example.com", "\n", "\r", "\0"]) {
    assert.deepEqual(faults({ address: `ann@example.com${end}`, name: `Ann${end}` }), [
      "to.list.7.address HEADER_INJECTION",
      "to.list.7.name HEADER_INJECTION",
    ]);
  }
});

Deno.test("checkRecipient() refuses names that are too long or not UTF-8", () => {
  const address = "ann@example.com";
  assert.deepEqual(faults({ address, name: "ö".repeat(200) }), []);
  assert.deepEqual(faults({ address, name: "ö".repeat(201) }), ["to.list.7.name TOO_LONG"]);
  assert.deepEqual(faults({ address, name: "J\ufffdrg" }), ["to.list.7.name MALFORMED"]);
  assert.deepEqual(faults({ address, name: "\udc00" }), ["to.list.7.name MALFORMED"]);
});

Deno.test("checkRecipient() refuses variables that templates cannot use or jsonb cannot store", () => {
  const address = "ann@example.com";
  const variables = { first_name: "Ann", "order-no": 7, straße: { nr: [1, null] }, _x: "\\u0000" };
  assert.deepEqual(faults({ address, variables }), []);
  assert.deepEqual(faults({ address, variables: { "first name": 1, "": 2, "1st": 3, nil: 4 } }), [
    "to.list.7.variables.first name MALFORMED",
    "to.list.7.variables. MALFORMED",
    "to.list.7.variables.1st MALFORMED",
    "to.list.7.variables.nil MALFORMED",
  ]);
  for (const text of ["a\0b", "\\\0", "\ud800", "\ufffd"]) {
    assert.deepEqual(faults({ address, variables: { deep: [{ text }] } }), [
      "to.list.7.variables MALFORMED",
    ]);
  }
  assert.deepEqual(faults({ address, variables: { a: "ö".repeat(8_188) } }), []);
  assert.deepEqual(faults({ address, variables: { a: "ö".repeat(8_189) } }), [
    "to.list.7.variables TOO_LONG",
  ]);
});

Deno.test("checkRecipient() refuses variables of more than 32 levels, by name", () => {
  const address = "ann@example.com";
  assert.deepEqual(faults({ address, variables: { a: nested(32), b: [nested(31), {}] } }), []);
  for (const levels of [33, 6_000, 1_000_000]) {
    assert.deepEqual(faults({ address, variables: { a: 1, b: nested(levels), "c d": [] } }), [
      "to.list.7.variables.b TOO_DEEP",
      "to.list.7.variables.c d MALFORMED",
    ]);
  }
});

Deno.test("checkRecipient() refuses numbers beyond 2^53, which have been rounded", () => {
  const variables = { a: 2 ** 53 - 1, b: { c: [1, 2 ** 53] }, d: -Infinity };
  assert.deepEqual(faults({ address: "ann@example.com", variables }), [
    "to.list.7.variables.b.c.1 OUT_OF_RANGE",
    "to.list.7.variables.d OUT_OF_RANGE",
  ]);
});

Deno.test("tidyRecipient() trims address and name, and turns a blank name into null", () => {
  assert.deepEqual(tidyRecipient({ address: " ann@example.com ", name: " \u00a0 " }), {
    address: "ann@example.com",
    name: null,
    variables: {},
  });
});
