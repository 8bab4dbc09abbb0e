import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import type { OutgoingMail, SendResult } from "../../../src/channels/channel.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { MAIL } from "../../support/outgoing_mail.ts";
import { startScriptedServer } from "./scripted_server.ts";

const FROM = "noreply@example.com";

function mailTo(address: string): OutgoingMail {
  return { ...MAIL, to: { address, name: null } };
}

function failureOf(result: SendResult) {
  assert.equal(result.outcome, "failed");
  return result.error;
}

Deno.test("send() transmits nothing of an international address without SMTPUTF8", async () => {
  await using server = startScriptedServer([]);
  const channel = openSmtpChannel(parseSmtpUrl(server.url), { from: FROM });
  assert.equal((await channel.send(MAIL)).outcome, "sent");
  const result = await channel.send(mailTo("jörg@münchen.example"));
  assert.equal((await channel.send(mailTo("joerg@münchen.example"))).outcome, "sent");
  assert.equal(result.outcome === "failed" && result.provider, server.url.replace("smtp://", ""));
  const { message, ...error } = failureOf(result);
  assert.deepEqual(error, {
    type: "INVALID_RECIPIENT",
    disposition: "never",
    code: "SMTPUTF8",
    providerLacks: true,
    retryAfterMs: null,
    beforeRecipient: false,
  });
  assert.match(message, /jörg@münchen\.example.*does not offer SMTPUTF8/);
  assert.deepEqual(server.commands.filter((line) => line.startsWith("RCPT")), [
    `RCPT TO:<${MAIL.to.address}>`,
    "RCPT TO:<joerg@xn--mnchen-3ya.example>",
  ]);
  assert.equal(server.connections, 1);
  await channel.close();
});

Deno.test("send() transmits nothing for an international sender without SMTPUTF8", async () => {
  await using server = startScriptedServer([]);
  const channel = openSmtpChannel(parseSmtpUrl(server.url), { from: "wäybill@example.com" });
  const error = failureOf(await channel.send(MAIL));
  assert.deepEqual([error.code, error.providerLacks], ["SMTPUTF8", true]);
  assert.match(error.message, /wäybill@example\.com/);
  assert.deepEqual(server.steps, ["CONNECT", "EHLO"]);
  await channel.close();
});

Deno.test("send() sends an international address to a server with SMTPUTF8", async () => {
  await using server = startScriptedServer([
    { at: "EHLO", then: "250-Hello\r\n250 SMTPUTF8\r\n" },
  ]);
  const channel = openSmtpChannel(parseSmtpUrl(server.url), { from: FROM });
  assert.equal((await channel.send(mailTo("jörg@münchen.example"))).outcome, "sent");
  const latin1 = (text: string) => Buffer.from(text).toString("latin1");
  assert.deepEqual(server.commands.slice(1, 3), [
    "MAIL FROM:<noreply@example.com> SMTPUTF8",
    latin1("RCPT TO:<jörg@münchen.example>"),
  ]);
  await channel.close();
});
