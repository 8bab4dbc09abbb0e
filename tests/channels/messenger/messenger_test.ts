import assert from "node:assert/strict";
import type { DeliveryError, OutgoingMail, SendResult } from "../../../src/channels/channel.ts";
import { openMessengerChannel } from "../../../src/channels/messenger/messenger.ts";
import {
  EXPIRED_TOKEN,
  type MetaReply,
  type MetaServer,
  startMetaServer,
} from "../../support/meta.ts";

const PSID = "24601234567890123";

function mailTo(address: string, overrides: Partial<OutgoingMail> = {}): OutgoingMail {
  return {
    deliveryId: "dlv_1",
    to: { address, name: "Ada" },
    subject: "News",
    text: "Dear Ada & Co,\n<b>hello</b> 👋",
    html: null,
    ...overrides,
  };
}

function openChannel({ baseUrl }: Pick<MetaServer, "baseUrl">, timeoutMs?: number) {
  return openMessengerChannel({
    accessToken: "EAAG-good",
    baseUrl,
    timeoutMs,
  });
}

function errorOf(result: SendResult): DeliveryError {
  if (result.outcome === "failed") return result.error;
  throw new Error("The message was sent");
}

/** Error of a message to which Meta replies with `reply`. */
async function afterReply(reply: MetaReply, timeoutMs?: number): Promise<DeliveryError> {
  await using meta = await startMetaServer({ reply: () => reply });
  const channel = openChannel(meta, timeoutMs);
  const error = errorOf(await channel.send(mailTo(PSID)));
  await channel.close();
  return error;
}

Deno.test("MessengerChannel.send() posts the text as UPDATE, with the token in the body", async () => {
  await using meta = await startMetaServer();
  const channel = openChannel({ baseUrl: `${meta.baseUrl}/` });
  const result = await channel.send(mailTo(PSID, { html: "<p>Dear Ada</p>" }));
  assert.deepEqual(result, { outcome: "sent", provider: "messenger", providerMessageId: "m_1" });
  assert.deepEqual(meta.received, [{
    recipient: PSID,
    text: "Dear Ada & Co,\n<b>hello</b> 👋",
    messagingType: "UPDATE",
    arrived: true,
  }]);
  assert.deepEqual(meta.calls, ["POST /v25.0/me/messages"]);
  await channel.close();
});

Deno.test("MessengerChannel.send() refuses a text that is empty or too long without a call", async () => {
  await using meta = await startMetaServer();
  const channel = openChannel(meta);
  const faults = { "EMPTY_TEXT": " \n", "TEXT_TOO_LONG": "👋".repeat(2_001) };
  for (const [code, text] of Object.entries(faults)) {
    const result = await channel.send(mailTo(PSID, { text }));
    const error = errorOf(result);
    assert.deepEqual([error.type, error.disposition, error.code], ["OTHER", "never", code]);
  }
  assert.equal((await channel.send(mailTo(PSID, { text: "👋".repeat(2_000) }))).outcome, "sent");
  assert.equal(meta.calls.length, 1);
  await channel.close();
});

Deno.test("MessengerChannel.send() classifies documented errors of Meta", async () => {
  const token = await afterReply({ status: 401, error: EXPIRED_TOKEN });
  assert.deepEqual([token.type, token.disposition, token.code], [
    "ACCESS_TOKEN",
    "pause",
    "190/463",
  ]);
  assert.match(token.message, /^Error validating access token/);

  const gone = await afterReply({
    error: { message: "(#551) This person isn't available right now.", code: 551 },
  });
  assert.deepEqual([gone.type, gone.disposition, gone.code], ["INVALID_RECIPIENT", "never", "551"]);

  const usage = { "1": [{ type: "messenger", estimated_time_to_regain_access: 7 }] };
  const throttled = await afterReply({
    error: { message: "(#4) Application request limit reached", code: 4, is_transient: true },
    headers: { "X-Business-Use-Case-Usage": JSON.stringify(usage) },
  });
  assert.deepEqual([throttled.type, throttled.retryAfterMs], ["RATE_LIMIT", 7 * 60_000]);

  const transient = await afterReply({
    status: 500,
    error: { message: "Service temporarily unavailable", code: 4711, is_transient: true },
  });
  assert.deepEqual([transient.type, transient.disposition], ["NETWORK", "retry"]);
});

Deno.test("MessengerChannel.send() ends unknown after an unreadable response", async () => {
  for (
    const reply of [
      { status: 200, text: '{"recipient_id": ' },
      { status: 502, text: "<html>Bad gateway</html>" },
    ]
  ) assert.equal((await afterReply(reply)).disposition, "unknown");
});

Deno.test("MessengerChannel.send() does not follow redirects with the token", async () => {
  await using elsewhere = await startMetaServer();
  const location = `${elsewhere.baseUrl}/me/messages`;
  const error = await afterReply({ status: 307, text: "", headers: { location } });
  assert.deepEqual([error.disposition, error.code], ["pause", "HTTP 307"]);
  assert.deepEqual(elsewhere.calls, []);
});

Deno.test("MessengerChannel.send() ends unknown without a response", async () => {
  for (const error of [await afterReply("CUT"), await afterReply("SILENCE", 50)]) {
    assert.deepEqual([error.type, error.disposition, error.code], [
      "NETWORK",
      "unknown",
      "NO_ANSWER",
    ]);
    assert.doesNotMatch(error.message, /EAAG/);
  }
});

Deno.test("MessengerChannel.send() posts a message once on a reused connection", async () => {
  await using meta = await startMetaServer();
  const channel = openChannel(meta);
  await channel.send(mailTo("1"));
  meta.settings.reply = () => "CUT";
  assert.equal(errorOf(await channel.send(mailTo("2"))).disposition, "unknown");
  assert.deepEqual(meta.received.map(({ recipient }) => recipient), ["1", "2"]);
  await channel.close();
});

Deno.test("MessengerChannel.send() checks that Meta responds after a lost response", async () => {
  const meta = await startMetaServer({ reply: () => "CUT" });
  const channel = openChannel(meta);
  assert.equal(errorOf(await channel.send(mailTo("1"))).disposition, "unknown");
  meta.settings.reply = () => null;
  assert.equal((await channel.send(mailTo("2"))).outcome, "sent");
  assert.equal((await channel.send(mailTo("3"))).outcome, "sent");
  assert.deepEqual(meta.calls.map((call) => call.split(" ")[0]), ["POST", "GET", "POST", "POST"]);
  await meta[Symbol.asyncDispose]();
  const error = errorOf(await channel.send(mailTo("4")));
  assert.equal(error.type, "NETWORK");
  // Message 4 may have been posted on a connection that was being closed; message 5 was not.
  const connectFailure = errorOf(await channel.send(mailTo("5")));
  assert.deepEqual([connectFailure.disposition, connectFailure.beforeRecipient], ["retry", true]);
  await channel.close();
});

Deno.test("MessengerChannel.send() is retryable without a connection", async () => {
  const meta = await startMetaServer();
  await meta[Symbol.asyncDispose]();
  const channel = openChannel(meta);
  const error = errorOf(await channel.send(mailTo(PSID)));
  assert.deepEqual([error.type, error.disposition, error.code, error.beforeRecipient], [
    "NETWORK",
    "retry",
    "NO_CONNECTION",
    true,
  ]);
  await channel.close();
});

Deno.test("MessengerChannel.close() waits for messages in flight", async () => {
  await using meta = await startMetaServer();
  const channel = openChannel(meta);
  const sends = ["1", "2", "3"].map((psid) => channel.send(mailTo(psid)));
  await channel.close();
  assert.equal(meta.received.length, 3);
  assert.deepEqual((await Promise.all(sends)).map(({ outcome }) => outcome), Array(3).fill("sent"));
});
