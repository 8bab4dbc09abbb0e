import assert from "node:assert/strict";
import { Buffer } from "node:buffer";
import PostalMime from "postal-mime";
import type { OutgoingMail, SendResult } from "../../../src/channels/channel.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { stopTime } from "../../support/clock.ts";
import { startSmtpServer } from "../../support/smtp.ts";
import { startScriptedServer } from "./scripted_server.ts";

/** Test that also fails if a socket or timer is still open at its end. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

const FROM = "Waybill <noreply@example.com>";
const LOGIN = { user: "ada@example.com", password: "p:/%@" };
const CONNECTIONS = [undefined, "starttls", "implicit"] as const;

function mailOf(n: number, address = `person${n}@example.net`): OutgoingMail {
  return {
    deliveryId: `dlv_${n}`,
    to: { address, name: `Pérson ${n}` },
    subject: `Grüße an ${n}`,
    text: `Hallo ${n},\n.\nschöne Grüße\n`,
    html: `<p>Hallo ${n}</p>`,
  };
}

function failureOf(result: SendResult) {
  assert.equal(result.outcome, "failed");
  return result.error;
}

for (const tls of CONNECTIONS) {
  const kind = tls ?? "plain";

  test(`send() delivers a mail over a ${kind} connection`, async () => {
    const server = await startSmtpServer({ tls, login: LOGIN, keepContent: true });
    const channel = openSmtpChannel(parseSmtpUrl(server.url), { from: FROM });
    const result = await channel.send(mailOf(1));
    assert.deepEqual(result, {
      outcome: "sent",
      provider: `127.0.0.1:${server.port}`,
      providerMessageId: "<dlv_1@example.com>",
    });
    const [received, ...others] = server.received;
    assert.deepEqual(others, []);
    assert.equal(received?.recipient, "person1@example.net");
    assert.equal(received?.deliveryId, "dlv_1");
    assert.equal(received?.messageId, "<dlv_1@example.com>");
    const parsed = await PostalMime.parse(Buffer.from(received?.content ?? "", "latin1"));
    assert.equal(parsed.subject, "Grüße an 1");
    assert.equal(parsed.text?.trimEnd(), "Hallo 1,\n.\nschöne Grüße");
    assert.equal(parsed.html?.trimEnd(), "<p>Hallo 1</p>");
    assert.deepEqual(parsed.to, [{ name: "Pérson 1", address: "person1@example.net" }]);
    await channel.close();
    await server.close();
  });

  test(`send() pauses on a wrong login over a ${kind} connection`, async () => {
    const server = await startSmtpServer({ tls, login: LOGIN });
    const url = new URL(server.url);
    url.password = "wrong";
    const channel = openSmtpChannel(parseSmtpUrl(url.href), { from: FROM });
    const error = failureOf(await channel.send(mailOf(1)));
    assert.deepEqual([error.type, error.disposition], ["ACCESS_TOKEN", "pause"]);
    assert.equal(error.code, "535 5.7.8");
    assert.equal(error.beforeRecipient, true);
    await channel.close();
    await server.close();
  });
}

for (const tls of ["starttls", "implicit"] as const) {
  test(`send() sends no credentials to a server with an unknown certificate (${tls})`, async () => {
    const server = await startSmtpServer({ tls, login: LOGIN });
    const channel = openSmtpChannel(parseSmtpUrl(server.url.replace(/\?.*/, "")), { from: FROM });
    const first = failureOf(await channel.send(mailOf(1)));
    assert.deepEqual([first.type, first.disposition], ["NETWORK", "retry"]);
    assert.equal(first.code, "DEPTH_ZERO_SELF_SIGNED_CERT");
    assert.equal(failureOf(await channel.send(mailOf(2))).disposition, "pause");
    assert.deepEqual(server.received, []);
    await channel.close();
    await server.close();
  });
}

test("send() refuses a server without STARTTLS if TLS is required", async () => {
  const server = await startSmtpServer({ login: LOGIN });
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?requireTLS=true`), { from: FROM });
  const error = failureOf(await channel.send(mailOf(1)));
  assert.deepEqual([error.type, error.beforeRecipient], ["NETWORK", true]);
  assert.deepEqual(server.received, []);
  await channel.close();
  await server.close();
});

for (const ehlo of ["250 Hello\r\n", "502 5.5.1 Not implemented\r\n"]) {
  test(`send() sends no credentials without TLS to another machine: ${ehlo.trim()}`, async () => {
    await using server = startScriptedServer([
      { at: "EHLO", then: ehlo },
      { at: "STAR", then: "502 5.5.1 Not implemented\r\n" },
    ]);
    // The address 0.0.0.0 reaches this machine, but does not belong to its loopback network.
    const url = server.url.replace("127.0.0.1", "ada:secret@0.0.0.0");
    const channel = openSmtpChannel(parseSmtpUrl(url), { from: FROM });
    const error = failureOf(await channel.send(mailOf(1)));
    assert.deepEqual([error.type, error.code, error.beforeRecipient], ["NETWORK", "ETLS", true]);
    assert.match(error.message, /does not offer TLS.*502 5\.5\.1.*requireTLS=false/);
    assert.ok(server.commands.every((line) => /^(EHLO|STARTTLS)/.test(line)), `${server.commands}`);
    assert.equal(failureOf(await channel.send(mailOf(2))).disposition, "pause");
    await channel.close();
  });
}

test("send() sends credentials without TLS to another machine with requireTLS=false", async () => {
  const server = await startSmtpServer({ login: LOGIN });
  const url = server.url.replace("127.0.0.1", "0.0.0.0");
  const channel = openSmtpChannel(parseSmtpUrl(`${url}?requireTLS=false`), { from: FROM });
  assert.equal((await channel.send(mailOf(1))).outcome, "sent");
  await channel.close();
  await server.close();
});

test("send() pauses if the server does not offer AUTH for the credentials", async () => {
  const server = await startSmtpServer();
  const channel = openSmtpChannel(parseSmtpUrl(server.url.replace("//", "//ada:secret@")), {
    from: FROM,
  });
  const error = failureOf(await channel.send(mailOf(1)));
  assert.deepEqual([error.type, error.disposition], ["ACCESS_TOKEN", "pause"]);
  await channel.close();
  await server.close();
});

test("send() returns a refused connection and an unknown host as failures", async () => {
  const { port, close } = await startSmtpServer();
  await close();
  const refused = openSmtpChannel(parseSmtpUrl(`smtp://127.0.0.1:${port}`), { from: FROM });
  const error = failureOf(await refused.send(mailOf(1)));
  assert.deepEqual([error.type, error.disposition], ["NETWORK", "retry"]);
  assert.deepEqual([error.code, error.beforeRecipient], ["ECONNREFUSED", true]);
  const unknown = openSmtpChannel(parseSmtpUrl("smtp://mail.invalid"), { from: FROM });
  assert.equal(failureOf(await unknown.send(mailOf(1))).type, "NETWORK");
});

test("send() refuses an invalid address before it connects", async () => {
  const channel = openSmtpChannel(parseSmtpUrl("smtp://mail.invalid"), { from: FROM });
  const error = failureOf(await channel.send(mailOf(1, "ada@example.net\r\nDATA")));
  assert.deepEqual([error.type, error.disposition], ["INVALID_RECIPIENT", "never"]);
});

test("send() keeps its connection when a recipient or a mail is refused", async () => {
  const server = await startSmtpServer({
    reject: (address) => address.startsWith("nobody") ? "550 5.1.1 No such user" : null,
    rejectMail: (address) => address.startsWith("strict") ? "554 5.7.1 Not wanted" : null,
  });
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?connections=1`), { from: FROM });
  const sent = [await channel.send(mailOf(1)), await channel.send(mailOf(2))];
  const nobody = failureOf(await channel.send(mailOf(3, "nobody@example.net")));
  sent.push(await channel.send(mailOf(4)));
  const strict = failureOf(await channel.send(mailOf(5, "strict@example.net")));
  sent.push(await channel.send(mailOf(6)));
  assert.deepEqual([nobody.type, nobody.disposition], ["INVALID_RECIPIENT", "suppress"]);
  assert.deepEqual([strict.type, strict.disposition], ["PERMISSION", "never"]);
  assert.deepEqual(sent.map(({ outcome }) => outcome), ["sent", "sent", "sent", "sent"]);
  assert.deepEqual(server.received.map(({ deliveryId }) => deliveryId), [
    "dlv_1",
    "dlv_2",
    "dlv_4",
    "dlv_6",
  ]);
  assert.equal(server.connections, 1);
  await channel.close();
  await server.close();
});

test("send() opens up to `connections` connections and reuses each", async () => {
  const server = await startSmtpServer();
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?connections=3`), { from: FROM });
  const mails = Array.from({ length: 60 }, (_, n) => mailOf(n));
  const results = await Promise.all(mails.map((mail) => channel.send(mail)));
  assert.ok(results.every(({ outcome }) => outcome === "sent"));
  assert.deepEqual(
    new Set(server.received.map(({ deliveryId }) => deliveryId)),
    new Set(mails.map(({ deliveryId }) => deliveryId)),
  );
  assert.equal(server.received.length, 60);
  assert.equal(server.connections, 3);
  await channel.close();
  await server.close();
});

test("send() sends an urgent mail before waiting ones", async () => {
  const arrived = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<void>();
  const server = await startSmtpServer({
    beforeReply: () => (arrived.resolve(), reply.promise),
  });
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?connections=1`), { from: FROM });
  const sends = [1, 2, 3].map((n) => channel.send(mailOf(n)));
  await arrived.promise;
  sends.push(channel.send(mailOf(4), { urgent: true }));
  reply.resolve();
  await Promise.all(sends);
  assert.deepEqual(server.received.map(({ deliveryId }) => deliveryId), [
    "dlv_1",
    "dlv_4",
    "dlv_2",
    "dlv_3",
  ]);
  await channel.close();
  await server.close();
});

test("close() waits for mails in flight", async () => {
  const arrived = Promise.withResolvers<void>();
  const reply = Promise.withResolvers<void>();
  const server = await startSmtpServer({
    beforeReply: () => (arrived.resolve(), reply.promise),
  });
  const channel = openSmtpChannel(parseSmtpUrl(`${server.url}?connections=1`), { from: FROM });
  const sends = [channel.send(mailOf(1)), channel.send(mailOf(2))];
  await arrived.promise;
  let closed = false;
  const closing = channel.close().then(() => closed = true);
  reply.resolve();
  const results = await Promise.all(sends);
  assert.deepEqual(results.map(({ outcome }) => outcome), ["sent", "sent"]);
  assert.equal(closed, false);
  await closing;
  await server.close();
});

test("send() closes a connection that was idle for 30 seconds", async () => {
  const server = await startSmtpServer();
  const channel = openSmtpChannel(parseSmtpUrl(server.url), { from: FROM });
  await channel.send(mailOf(1));
  {
    using clock = stopTime();
    await channel.send(mailOf(2));
    clock.tick(29_000);
    await channel.send(mailOf(3));
    clock.tick(29_000);
    await channel.send(mailOf(4));
    assert.equal(server.connections, 1);
    clock.tick(31_000);
  }
  await channel.send(mailOf(5));
  assert.equal(server.connections, 2);
  await channel.close();
  await server.close();
});
