import assert from "node:assert/strict";
import { stopTime } from "../../support/clock.ts";
import { until } from "../../support/until.ts";
import { gate, outcomesOf, test } from "./smtp_channel.ts";

const greetings = (numbers: readonly number[]) =>
  gate(({ step, connection }) => step === "CONNECT" && numbers.includes(connection));

{
  const held = greetings([1]);
  test(
    "send() takes the connection that is free first, while another one waits for its greeting",
    { connections: 2 },
    held.replier,
    async ({ server, send }) => {
      const first = send(1);
      await until("the first connection is accepted", () => server.connections === 1);
      const others = [2, 3, 4].map((n) => send(n));
      assert.deepEqual(outcomesOf(await Promise.all([first, ...others])), Array(4).fill("sent"));
      assert.equal(server.connections, 2);
      held.open();
    },
  );
}

{
  const held = greetings([1]);
  test(
    "send() waits for a greeting longer than for the rest of opening a connection",
    { connections: 1, openMs: 200 },
    held.replier,
    async ({ server, send }) => {
      const sending = send(1);
      await until("the connection is accepted", () => server.connections === 1);
      await new Promise((resolve) => setTimeout(resolve, 600));
      held.open();
      assert.equal((await sending).outcome, "sent");
    },
  );
}

test(
  "send() fails if the server greets and stays silent then",
  { connections: 1, openMs: 200 },
  ({ step }) => step === "EHLO" ? "SILENCE" : undefined,
  async ({ send }) => {
    const result = await send(1);
    assert.ok(result.outcome === "failed");
    assert.deepEqual([result.error.type, result.error.code], ["NETWORK", "ETIMEDOUT"]);
  },
);

{
  const held = greetings([1]);
  test(
    "send() sends urgent mails first over a connection that has waited for its greeting",
    { connections: 1 },
    held.replier,
    async ({ server, send, recipients }) => {
      const sends = [send(1), send(2), send(3, { urgent: true })];
      await until("the connection is accepted", () => server.connections === 1);
      held.open();
      await Promise.all(sends);
      assert.deepEqual(recipients(), ["person3", "person1", "person2"]);
    },
  );
}

{
  const held = gate(({ step, connection }) => step === "DOT" && connection === 1);
  test(
    "send() fails the mail whose connection is refused the login, and no other",
    { connections: 3, login: "ada:secret@" },
    async (moment) => {
      await held.replier(moment);
      const { step, connection } = moment;
      if (step === "EHLO") return "250-Hello\r\n250 AUTH PLAIN\r\n";
      if (step === "AUTH" && connection > 1) return "535 5.7.8 Credentials invalid\r\n";
    },
    async ({ server, send }) => {
      const first = send(1);
      await until("the first mail is transmitted", () => server.steps.includes("DOT"));
      const refused = await send(2);
      assert.ok(refused.outcome === "failed");
      assert.deepEqual([refused.error.type, refused.error.disposition], ["ACCESS_TOKEN", "pause"]);
      // No further login is tried while the first connection works.
      const third = send(3);
      held.open();
      assert.deepEqual(outcomesOf(await Promise.all([first, third])), ["sent", "sent"]);
      assert.equal(server.connections, 2);
    },
  );
}

{
  const held = gate(({ step, connection }) => step === "DOT" && connection === 1);
  test(
    "send() opens another connection 30 s after one was refused, while others are in use",
    { connections: 2 },
    async (moment) => {
      await held.replier(moment);
      const { step, connection } = moment;
      return step === "CONNECT" && connection === 2 ? "421 4.7.0 Too many\r\n" : undefined;
    },
    async ({ server, send }) => {
      const first = send(1);
      await until("the first mail is transmitted", () => server.steps.includes("DOT"));
      {
        using clock = stopTime();
        assert.equal((await send(2)).outcome, "failed");
        const third = send(3);
        clock.tick(29_000);
        assert.equal(server.connections, 2);
        clock.tick(1_000);
        assert.equal((await third).outcome, "sent");
      }
      held.open();
      assert.equal((await first).outcome, "sent");
      assert.equal(server.connections, 3);
    },
  );
}

test(
  "send() opens a connection for each waiting mail after one was refused",
  { connections: 1 },
  ({ step, connection }) =>
    step === "CONNECT" && connection < 3 ? "554 5.3.2 No service\r\n" : undefined,
  async ({ server, send }) => {
    const results = await Promise.all([1, 2, 3, 4].map((n) => send(n)));
    assert.deepEqual(outcomesOf(results), ["failed", "failed", "sent", "sent"]);
    assert.equal(server.connections, 3);
  },
);

{
  const held = greetings([1]);
  test(
    "send() is not affected by a refused connection whose mail was sent over another one",
    { connections: 2 },
    async (moment) => {
      await held.replier(moment);
      if (moment.step === "CONNECT" && moment.connection === 1) return "421 4.3.2 Busy\r\n";
    },
    async ({ server, send }) => {
      const first = send(1);
      await until("the first connection is accepted", () => server.connections === 1);
      assert.deepEqual(outcomesOf(await Promise.all([first, send(2)])), ["sent", "sent"]);
      held.open();
      assert.equal((await send(3)).outcome, "sent");
    },
  );
}

{
  const held = greetings([1]);
  test(
    "send() fails after acquireTimeoutMs, and a later mail uses the connection",
    { connections: 1 },
    held.replier,
    async ({ server, send }) => {
      const result = await send(1, { acquireTimeoutMs: 50 });
      assert.ok(result.outcome === "failed");
      const { type, disposition, code, beforeRecipient, noAnswer } = result.error;
      assert.deepEqual([type, disposition, code], ["NETWORK", "retry", "ETIMEDOUT"]);
      assert.deepEqual([beforeRecipient, noAnswer], [true, true]);
      held.open();
      await until("the server is greeted", () => server.steps.includes("EHLO"));
      assert.equal((await send(2, { acquireTimeoutMs: 5_000 })).outcome, "sent");
      assert.equal(server.connections, 1);
    },
  );
}

{
  const held = gate(({ step }) => step === "DOT");
  test(
    "send() waits longer than acquireTimeoutMs while another mail is being sent",
    { connections: 1 },
    held.replier,
    async ({ server, send }) => {
      const sends = [send(1), send(2, { acquireTimeoutMs: 20 })];
      await until("the first mail is transmitted", () => server.steps.includes("DOT"));
      await new Promise((resolve) => setTimeout(resolve, 100));
      held.open();
      assert.deepEqual(outcomesOf(await Promise.all(sends)), ["sent", "sent"]);
    },
  );
}

{
  const held = greetings([1]);
  test(
    "close() ends a wait for a greeting when no mail waits any more",
    { connections: 1 },
    held.replier,
    async ({ server, send, close }) => {
      const controller = new AbortController();
      const sending = send(1, { signal: controller.signal });
      await until("the connection is accepted", () => server.connections === 1);
      controller.abort();
      assert.equal((await sending).outcome, "held");
      await close();
      held.open();
    },
  );
}

{
  const held = greetings([1]);
  test(
    "close() lets the mails that wait for a greeting be sent",
    { connections: 1 },
    held.replier,
    async ({ server, send, close }) => {
      const sending = send(1);
      await until("the connection is accepted", () => server.connections === 1);
      const closing = close();
      held.open();
      assert.equal((await sending).outcome, "sent");
      await closing;
    },
  );
}

test(
  "send() replaces a connection that the server closed while it was idle",
  { connections: 1 },
  () => undefined,
  async ({ server, send }) => {
    assert.equal((await send(1)).outcome, "sent");
    server.hangUp();
    assert.equal((await send(2)).outcome, "sent");
    assert.equal((await send(3)).outcome, "sent");
    assert.equal(server.connections, 2);
  },
);
