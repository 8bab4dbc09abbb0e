import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { EMAIL_RULES } from "../../../src/domain/channel_rules/email.ts";
import { onEveryDatabase } from "../../support/database.ts";

const LOWER = statement<[text: string], { lowered: string }>(
  "test.lower",
  "select lower($1) as lowered",
);

const { checkAddress, normalizeAddress } = EMAIL_RULES;

Deno.test("checkAddress() accepts dot-atom addresses of any script", () => {
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
    ]
  ) assert.equal(checkAddress(address), null, address);
});

Deno.test("checkAddress() refuses malformed addresses", () => {
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
  ) assert.equal(checkAddress(address)?.[0], "MALFORMED", address);
  assert.equal(checkAddress("")?.[0], "REQUIRED");
  assert.equal(checkAddress(`a@${"b.".repeat(160)}com`)?.[0], "TOO_LONG");
});

onEveryDatabase("normalizeAddress() lowers letters as PostgreSQL does", async ({ db }) => {
  for (
    const address of ["Ann@Example.COM", "JÖRG@Exämple.DE", "ΑΣ@ΠΑΡΆΔΕΙΓΜΑ.ΕΛ", "İ@x.de", "ẞ@x.de"]
  ) {
    const [row] = await db.run(LOWER, address);
    assert.equal(normalizeAddress(address), row?.lowered, address);
  }
});

Deno.test("normalizeAddress() returns the same address for all spellings of a mailbox", () => {
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

Deno.test("normalizeAddress() keeps different domains apart", () => {
  assert.notEqual(normalizeAddress("a@faß.de"), normalizeAddress("a@fass.de"));
  assert.equal(normalizeAddress("a@xn--99999999.de"), "a@xn--99999999.de");
});
