import assert from "node:assert/strict";
import { subjectKeyOf } from "../../../src/domain/emails/subject.ts";

Deno.test("subjectKeyOf() removes prefixes of answers in several languages", () => {
  const same = [
    "Order 7",
    "Re: order 7",
    "AW: WG: Order  7 ",
    "RE[3]:fwd: ORDER 7",
    "回复:Order 7",
    "Antw: Order 7",
  ];
  for (const subject of same) assert.equal(subjectKeyOf(subject), "order 7", subject);
  assert.equal(subjectKeyOf("Reply: order 7"), "reply: order 7");
  assert.equal(subjectKeyOf("Re: "), "");
});
