import assert from "node:assert/strict";
import type { SendResult } from "../../../src/channels/channel.ts";
import { isSessionLimit } from "../../../src/channels/email/session_limit.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { MAIL } from "../../support/outgoing_mail.ts";
import { type Replier, startScriptedServer, type Step } from "./scripted_server.ts";

const LIMITS = [
  "452 4.5.3 Too many recipients",
  "452 4.5.3 Error: too many recipients in this session",
  "452-4.5.3 Your message has too many recipients. For more information visit\n452 4.5.3 example.com",
  "452 Too many recipients received this session",
  "450 4.7.1 Error: too many mails in this session",
  "450 4.7.0 Maximum number of messages per connection exceeded, please reconnect",
  "451 4.7.1 You have reached the limit of emails per session",
  "421 4.7.0 Too many messages for this connection",
  "421 Max message per connection reached, closing transmission channel",
  "451 too much mail in one connection",
  "421 Session limit exceeded: 20 messages",
  "450 4.7.1 max transactions per connection reached",
  "450 too many in this session",
];

const OTHERS = [
  "421 4.7.0 Too many connections from your address",
  "421 4.3.2 Maximum number of concurrent connections exceeded",
  "421 4.7.0 Connection rate limit exceeded",
  "450 4.7.1 Too many messages from your address, try again later",
  "451 4.7.1 Greylisted, please try again in 5 minutes",
  "452 4.2.2 Mailbox full",
  "452 4.3.1 Insufficient system storage",
  "421 4.4.2 Timeout, closing connection",
  "550 5.1.1 No such user",
];

Deno.test("isSessionLimit() recognizes replies that ask for another connection", () => {
  for (const reply of LIMITS) assert.ok(isSessionLimit({ reply, opened: true }), reply);
  for (const reply of OTHERS) assert.ok(!isSessionLimit({ reply, opened: true }), reply);
});

Deno.test("isSessionLimit() is false before a connection is open and without a reply", () => {
  for (const reply of LIMITS) assert.ok(!isSessionLimit({ reply, opened: false }), reply);
  assert.ok(!isSessionLimit({ reply: null, opened: true }));
});

/** Declares a test that also fails if a socket or timer is still open at its end. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

async function sendAll(count: number, connections: number, replier: Replier, pipelining = false) {
  await using server = startScriptedServer([], pipelining, replier);
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?connections=${connections}`), {
    from: "noreply@example.com",
  });
  const sends = Array.from(
    { length: count },
    (_, n): Promise<SendResult> => channel.send({ ...MAIL, deliveryId: `dlv_${n}` }),
  );
  const results = await Promise.all(sends);
  await channel.close();
  return { results, connections: server.connections, steps: server.steps };
}

const AT_STEPS: [Step, reply: string][] = [
  ["MAIL", "450 4.7.1 Too many mails in this session\r\n"],
  ["MAIL", "421 4.7.0 Too many messages for this connection\r\n"],
  ["RCPT", "452 4.5.3 Too many recipients in this session\r\n"],
  ["RCPT", "421 4.7.0 Too many recipients in this session\r\n"],
  ["DATA", "451 4.7.1 Too many messages in this connection\r\n"],
  ["DOT", "450 4.7.1 Too many messages in this connection\r\n"],
];

for (const [at, limit] of AT_STEPS) {
  for (const pipelining of [false, true]) {
    const mode = pipelining ? ", pipelined" : "";
    test(`send() replaces a connection that accepts 3 mails: ${limit.trim()} at ${at}${mode}`, async () => {
      const { results, connections, steps } = await sendAll(
        12,
        1,
        ({ step, accepted }) => step === at && accepted >= 3 ? limit : undefined,
        pipelining,
      );
      assert.ok(results.every(({ outcome }) => outcome === "sent"));
      assert.equal(connections, 4);
      assert.ok(!steps.includes("RSET"));
    });
  }
}

test("send() replaces all connections when they reach their limit together", async () => {
  const { results, connections } = await sendAll(
    300,
    10,
    ({ step, accepted }) =>
      step === "RCPT" && accepted >= 10 ? "452 4.5.3 Too many recipients\r\n" : undefined,
  );
  assert.ok(results.every(({ outcome }) => outcome === "sent"));
  assert.ok(connections >= 30 && connections <= 40, `${connections} connections`);
});

test("send() counts refused mails of a connection, too", async () => {
  const mails = new Map<number, number>();
  const { results, connections } = await sendAll(4, 1, ({ step, connection }) => {
    if (step !== "RCPT") return;
    const mail = (mails.get(connection) ?? 0) + 1;
    mails.set(connection, mail);
    return mail > 2 ? "452 4.5.3 Too many recipients\r\n" : "550 5.1.1 No such user\r\n";
  });
  const codes = results.map((result) => result.outcome === "failed" && result.error.code);
  assert.deepEqual(codes, Array(4).fill("550 5.1.1"));
  assert.equal(connections, 2);
});

test("send() reports a limit that a new connection has reached, and uses it no longer", async () => {
  const { results, connections } = await sendAll(
    3,
    1,
    ({ step }) => step === "RCPT" ? "452 4.5.3 Too many recipients\r\n" : undefined,
  );
  for (const result of results) {
    assert.ok(result.outcome === "failed");
    assert.deepEqual([result.error.code, result.error.disposition], ["452 4.5.3", "retry"]);
  }
  assert.equal(connections, 3);
});

test("send() obeys the number of mails that the server announces (RFC 9422)", async () => {
  const { results, connections, steps } = await sendAll(7, 1, ({ step, accepted }) => {
    if (step === "EHLO") return "250-Hello\r\n250 LIMITS RCPTMAX=10 MAILMAX=3\r\n";
    return step === "MAIL" && accepted >= 3 ? "503 5.5.1 Bad sequence\r\n" : undefined;
  });
  assert.ok(results.every(({ outcome }) => outcome === "sent"));
  assert.equal(connections, 3);
  assert.equal(steps.filter((step) => step === "QUIT").length, 3);
});
