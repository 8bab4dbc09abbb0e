import assert from "node:assert/strict";
import type { SendResult } from "../../src/channels/channel.ts";
import { compose, parseSender } from "../../src/channels/email/compose.ts";
import { openMessengerChannel } from "../../src/channels/messenger/messenger.ts";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { DEFAULT_TIMEOUTS, type SmtpTimeouts } from "../../src/channels/email/smtp_connection.ts";
import { SmtpError } from "../../src/channels/email/smtp_error.ts";
import { SmtpSession } from "../../src/channels/email/smtp_session.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import { MAIL } from "../support/outgoing_mail.ts";
import { until } from "../support/until.ts";
import { startScriptedServer } from "./email/scripted_server.ts";

const FROM = "noreply@example.com";
const LONG: SmtpTimeouts = {
  open: 1_000,
  reply: 1_000,
  envelope: 1_000,
  answer: 1_000,
  body: 1_000,
};
const COMPOSED = compose(MAIL, parseSender(FROM));
const FIRED = AbortSignal.abort();

const isAborted = (error: unknown) =>
  error instanceof SmtpError && error.failure.code === "ECONNECTION";

Deno.test("SmtpChannel.send() does not queue a mail whose signal has fired", async () => {
  await using server = startScriptedServer([{ at: "CONNECT", then: "SILENCE" }]);
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?connections=1&greeting=1s`), {
    from: FROM,
    timeouts: LONG,
  });
  const first = channel.send(MAIL);
  const { outcome } = await Promise.race([channel.send(MAIL, { signal: FIRED }), first]);
  assert.equal(outcome, "held");
  await first;
  await channel.close();
});

Deno.test("SmtpSession starts nothing if the signal has fired before", async () => {
  await using server = startScriptedServer([{ at: "MAIL", then: "SILENCE" }]);
  const provider = parseSmtpUrl(server.url);
  await assert.rejects(SmtpSession.open(provider, LONG, FIRED), isAborted);
  const session = await SmtpSession.open(provider, LONG);
  await assert.rejects(session.send(COMPOSED, { signal: FIRED }), isAborted);
  assert.deepEqual(server.steps, ["CONNECT", "EHLO"]);
  await session.close();
});

Deno.test("SmtpChannel.send() reports a refusal after DATA at once when the signal fires", async () => {
  await using server = startScriptedServer([
    { at: "DOT", then: "554 5.6.0 Not like that\r\n" },
    { at: "RSET", then: "SILENCE" },
  ]);
  const timeouts = { ...DEFAULT_TIMEOUTS, open: 60_000 };
  const channel = openSmtpChannel(parseSmtpUrl(server.url), { from: FROM, timeouts });
  const controller = new AbortController();
  let result: SendResult | null = null;
  channel.send(MAIL, { signal: controller.signal }).then((sent) => result = sent);
  await until("the mail is refused", () => server.steps.includes("RSET"));
  controller.abort();
  // Far below the time limit for the RSET.
  const reported = await until("the refusal is reported", () => result, 2_500);
  assert.ok(reported.outcome === "failed" && reported.error.code === "554 5.6.0");
  await channel.close();
});

Deno.test("MessengerChannel.send() aborts while it checks whether Meta responds", async () => {
  // Accepts connections and never responds.
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const channel = openMessengerChannel({
    accessToken: "EAAG-good",
    baseUrl: `http://127.0.0.1:${listener.addr.port}`,
    timeoutMs: 500,
  });
  const handedOver = await channel.send(MAIL);
  assert.ok(handedOver.outcome === "failed" && handedOver.error.disposition === "unknown");
  const controller = new AbortController();
  const sending = channel.send(MAIL, { signal: controller.signal });
  controller.abort();
  assert.equal((await sending).outcome, "held");
  await channel.close();
  listener.close();
});
