import assert from "node:assert/strict";
import type { SendResult } from "../../../src/channels/channel.ts";
import { stopTime } from "../../support/clock.ts";
import { sleep, until } from "../../support/until.ts";
import { gate, outcomesOf, test } from "./smtp_channel.ts";

function laterOf(result: SendResult): Promise<SendResult> {
  assert.ok(result.outcome === "failed" && result.error.disposition === "unknown" && result.later);
  return result.later;
}

/** Waits for turns of the event loop; timers are replaced in some tests. */
async function turns(count: number): Promise<undefined> {
  for (let n = 0; n < count; n++) await new Promise((resolve) => setImmediate(resolve));
}

{
  const held = gate(({ step }) => step === "DOT");
  test(
    "send() replaces as many connections as the limit while their mails wait for a late reply",
    { connections: 1, limits: { answer: 50 } },
    held.replier,
    async ({ server, send }) => {
      const first = laterOf(await send(1));
      const second = laterOf(await send(2));
      assert.equal(server.connections, 2);
      const third = send(3);
      held.open();
      assert.deepEqual(
        outcomesOf(await Promise.all([first, second, third])),
        Array(3).fill("sent"),
      );
      assert.equal(server.connections, 2);
    },
  );
}

{
  const held = gate(({ step, connection }) => step === "DOT" && connection === 1);
  test(
    "send() reports a late refusal, and closes the surplus connection",
    { connections: 1, limits: { answer: 50 } },
    async (moment) => {
      await held.replier(moment);
      const { step, connection } = moment;
      return step === "DOT" && connection === 1 ? "554 5.6.0 Not like that\r\n" : undefined;
    },
    async ({ server, send }) => {
      const later = laterOf(await send(1));
      assert.equal((await send(2)).outcome, "sent");
      held.open();
      const refused = await later;
      assert.ok(refused.outcome === "failed");
      assert.equal(refused.error.code, "554 5.6.0");
      assert.equal((await send(3)).outcome, "sent");
      assert.equal(server.connections, 2);
    },
  );
}

{
  const held = gate(({ step, connection }) => step === "DOT" && connection < 3);
  test(
    "send() reports no failure of the server if it accepts other mails before a late reply",
    { connections: 2, limits: { answer: 1_000 } },
    held.replier,
    async ({ server, send }) => {
      const transmitted = () => server.steps.filter((step) => step === "DOT").length;
      const noAnswers: boolean[] = [];
      const laters: Promise<SendResult>[] = [];
      for (const mails of [1, 2]) {
        const first = send(1);
        await until("the mail is transmitted", () => transmitted() === mails);
        if (mails === 2) assert.equal((await send(2)).outcome, "sent");
        const result = await first;
        assert.ok(result.outcome === "failed");
        noAnswers.push(result.error.noAnswer ?? false);
        laters.push(laterOf(result));
      }
      assert.deepEqual(noAnswers, [true, false]);
      held.open();
      assert.deepEqual(outcomesOf(await Promise.all(laters)), ["sent", "sent"]);
    },
  );
}

{
  const held = gate(({ step, connection }) => step === "DOT" && connection === 1);
  test(
    "send() waits 5 s for the reply to a mail whose signal fires after its body was begun",
    { connections: 1 },
    held.replier,
    async ({ server, send }) => {
      const controller = new AbortController();
      let later: Promise<SendResult>;
      {
        using clock = stopTime();
        const sending = send(1, { signal: controller.signal });
        while (!server.steps.includes("DOT")) await turns(1);
        controller.abort();
        clock.tick(4_999);
        assert.equal(await Promise.race([sending, "waits"]), "waits");
        clock.tick(1);
        const result = await Promise.race([sending, turns(100)]);
        assert.ok(result, "the mail still waits for its reply");
        later = laterOf(result);
        assert.ok(result.outcome === "failed" && !result.error.noAnswer);
      }
      held.open();
      assert.equal((await later).outcome, "sent");
    },
  );
}

{
  let dead = false;
  test(
    "send() opens a new connection for the second try, because idle ones may be dead, too",
    { connections: 2, limits: { reply: 50, envelope: 50 } },
    ({ step, connection }) => dead && step === "MAIL" && connection < 3 ? "SILENCE" : undefined,
    async ({ server, send }) => {
      assert.deepEqual(outcomesOf(await Promise.all([send(1), send(2)])), ["sent", "sent"]);
      await until("both connections are open", () => server.connections === 2);
      dead = true;
      assert.equal((await send(3)).outcome, "sent");
      assert.equal(server.connections, 3);
    },
  );
}

test(
  "send() waits for a server that replies slowly to each command",
  { connections: 1, limits: { reply: 1_000, envelope: 1_000 } },
  async ({ step }) => {
    if (step === "MAIL" || step === "RCPT" || step === "DATA") await sleep(500);
    return undefined;
  },
  async ({ server, send }) => {
    assert.equal((await send(1)).outcome, "sent");
    assert.equal(server.connections, 1);
  },
);
