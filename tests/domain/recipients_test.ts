import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import {
  checkRecipient,
  normalizeAddress,
  type RecipientInput,
  tidyRecipient,
} from "../../src/domain/recipients.ts";
import { onEveryDatabase } from "../support/database.ts";

const LOWER = statement<[text: string], { lowered: string }>(
  "test.lower",
  "select lower($1) as lowered",
);

function faults(input: RecipientInput): string[] {
  return checkRecipient(tidyRecipient(input), "EMAIL", ["to", "list", "7"])
    .map(({ path, code }) => `${path.join(".")} ${code}`);
}

Deno.test("checkRecipient() takes the addresses that people have", () => {
  for (
    const address of [
      "ann@example.com",
      "Ann.Lee+news@mail.example.co.uk",
      "o'neill@example.com",
      "a@b.io",
      "_x-y_@example.com",
      "user@xn--exmple-cua.de",
      "jörg@exämple.de",
      "jörg@example.com",
      "用户@例子.广告",
      "δοκιμή@παράδειγμα.ελ",
      `${"a".repeat(64)}@example.com`,
      "  ann@example.com\t",
    ]
  ) assert.deepEqual(faults({ address }), [], address);
});

Deno.test("checkRecipient() refuses what is no address", () => {
  for (
    const address of [
      "ann",
      "ann@",
      "@example.com",
      "ann@example",
      "ann@@example.com",
      "ann@example..com",
      ".ann@example.com",
      "ann.@example.com",
      "an..n@example.com",
      "ann lee@example.com",
      "ann@exam ple.com",
      "ann@-example.com",
      "ann@example-.com",
      "ann@127.0.0.1",
      "ann@[127.0.0.1]",
      '"ann"@example.com',
      "Ann <ann@example.com>",
      "ann@example.com, bob@example.com",
      "ann@example.com;bob@example.com",
      "ann\u00a0lee@example.com",
      "ann\u200b@example.com",
      "j\ufffdrg@example.com",
      "jörg@ex%2eample.de",
      "\ud800@example.com",
      `${"a".repeat(65)}@example.com`,
      `${"ö".repeat(33)}@example.com`,
      `a@${"b".repeat(64)}.com`,
      `a@${"b.".repeat(127)}com`,
    ]
  ) assert.deepEqual(faults({ address }), ["to.list.7.address MALFORMED"], address);
  assert.deepEqual(faults({ address: "   " }), ["to.list.7.address REQUIRED"]);
  const long = `a@${"b.".repeat(160)}com`;
  assert.deepEqual(faults({ address: long }), ["to.list.7.address TOO_LONG"]);
});

Deno.test("checkRecipient() refuses line ends and NULs in address and name, at the edges too", () => {
  for (const end of ["\r\nBcc: x@example.com", "\n", "\r", "\0"]) {
    assert.deepEqual(faults({ address: `ann@example.com${end}`, name: `Ann${end}` }), [
      "to.list.7.address HEADER_INJECTION",
      "to.list.7.name HEADER_INJECTION",
    ]);
  }
});

Deno.test("checkRecipient() refuses names that are too long or were damaged on the way", () => {
  const address = "ann@example.com";
  assert.deepEqual(faults({ address, name: "ö".repeat(200) }), []);
  assert.deepEqual(faults({ address, name: "ö".repeat(201) }), ["to.list.7.name TOO_LONG"]);
  assert.deepEqual(faults({ address, name: "J\ufffdrg" }), ["to.list.7.name MALFORMED"]);
  assert.deepEqual(faults({ address, name: "\udc00" }), ["to.list.7.name MALFORMED"]);
});

Deno.test("checkRecipient() refuses variables that no template could use or jsonb could not hold", () => {
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

Deno.test("tidyRecipient() trims, and takes a blank name for none", () => {
  assert.deepEqual(tidyRecipient({ address: " ann@example.com ", name: " \u00a0 " }), {
    address: "ann@example.com",
    name: null,
    variables: {},
  });
});

onEveryDatabase("normalizeAddress() lowers letters as the database does", async ({ db }) => {
  for (
    const address of ["Ann@Example.COM", "JÖRG@Exämple.DE", "ΑΣ@ΠΑΡΆΔΕΙΓΜΑ.ΕΛ", "İ@x.de", "ẞ@x.de"]
  ) {
    const [row] = await db.run(LOWER, address);
    assert.equal(normalizeAddress(address), row?.lowered, address);
  }
});

Deno.test("normalizeAddress() makes one of all spellings of a mailbox", () => {
  for (
    const address of [
      "jörg@exämple.de",
      "jo\u0308rg@exa\u0308mple.de",
      "JÖRG@XN--EXMPLE-CUA.de",
      "jörg@EXÄMPLE.de",
    ]
  ) assert.equal(normalizeAddress(address), "jörg@exämple.de", address);
  assert.equal(normalizeAddress("ann@sub.XN--EXMPLE-CUA.de"), "ann@sub.exämple.de");
});

Deno.test("normalizeAddress() leaves two domains two", () => {
  assert.notEqual(normalizeAddress("a@faß.de"), normalizeAddress("a@fass.de"));
  assert.equal(normalizeAddress("a@xn--99999999.de"), "a@xn--99999999.de");
  assert.equal(normalizeAddress("24601234567890123"), "24601234567890123");
});
