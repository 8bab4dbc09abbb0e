import assert from "node:assert/strict";
import { toLogText } from "../../src/domain/log_text.ts";

for (
  const [text, logged] of [
    [
      'Cannot send to "a b@example.net": it is not an email address',
      'Cannot send to "…": it is not an email address',
    ],
    ['Cannot use "Ann \\"A\\" <no address>" as sender', 'Cannot use "…" as sender'],
    ["550 5.1.1 <ann@example.net>: user unknown", "550 5.1.1 <…>: user unknown"],
    ["550 5.1.1 RCPT TO:ann@example.net, unknown", "550 5.1.1 RCPT TO:…, unknown"],
    [
      "cannot transmit the address jörg@exämple.net: no SMTPUTF8",
      "cannot transmit the address …: no SMTPUTF8",
    ],
    ["connect ECONNREFUSED 127.0.0.1:587", "connect ECONNREFUSED 127.0.0.1:587"],
  ] as const
) {
  Deno.test(`toLogText() returns: ${logged}`, () => assert.equal(toLogText(text), logged));
}
