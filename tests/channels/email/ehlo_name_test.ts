import assert from "node:assert/strict";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { ehloName } from "../../../src/channels/email/ehlo_name.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { MAIL } from "../../support/outgoing_mail.ts";
import { startScriptedServer } from "./scripted_server.ts";

Deno.test("ehloName() prefers the URL, then the sender's domain, then the host name of the machine", () => {
  const unset = { ehloName: null };
  assert.equal(
    ehloName({ ehloName: "mail.example.com" }, "a.example", "b.example"),
    "mail.example.com",
  );
  assert.equal(ehloName(unset, "a.example", "b.example"), "a.example");
  assert.equal(ehloName(unset, "bücher.example", "b.example"), "xn--bcher-kva.example");
  assert.equal(ehloName(unset, "localhost", "b.example"), "b.example");
  assert.equal(ehloName(unset, "localhost", "container"), "localhost.localdomain");
  assert.equal(ehloName(unset, "localhost", "192.0.2.1"), "localhost.localdomain");
});

for (
  const [from, option, command] of [
    ["Waybill <noreply@example.com>", "", "EHLO example.com"],
    ["Wäybill <noreply@bücher.example>", "", "EHLO xn--bcher-kva.example"],
    ["noreply@example.com", "?name=mail.example.net", "EHLO mail.example.net"],
  ] as const
) {
  Deno.test(`send() says ${command} for ${from}${option}`, async () => {
    await using server = startScriptedServer([]);
    const channel = openSmtpChannel(parseSmtpUrl(server.url + option), { from });
    assert.equal((await channel.send(MAIL)).outcome, "sent");
    assert.equal(server.commands[0], command);
    await channel.close();
  });
}
