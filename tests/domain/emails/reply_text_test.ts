import assert from "node:assert/strict";
import { replyTextOf } from "../../../src/domain/emails/reply_text.ts";
import { REPLIES } from "../../support/replies.ts";

for (const [name, [text, written]] of Object.entries(REPLIES)) {
  Deno.test(`replyTextOf() returns the words of the sender: ${name}`, () => {
    assert.equal(replyTextOf(text), written);
    assert.equal(replyTextOf(text.replaceAll("\n", "\r\n")), written);
  });
}

for (
  const [name, text] of [
    ["verbs without a colon", "Op 3 schreef\n".repeat(80_000)],
    ["openers on one line", "On a 3 ".repeat(150_000)],
    ["dashes", `${"-".repeat(1_000_000)}x`],
    ["blank lines", `On 3 May 10:00 Anna wrote:${"\n".repeat(1_000_000)}x`],
  ] as const
) {
  // Patterns of packages for this purpose take minutes for a few kilobytes of such a text.
  Deno.test(`replyTextOf() takes linear time for a megabyte of ${name}`, () => {
    assert.ok(replyTextOf(text).length <= text.length);
  });
}
