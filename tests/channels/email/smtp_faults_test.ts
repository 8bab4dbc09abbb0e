import assert from "node:assert/strict";
import type { Disposition, OutgoingMail, SendResult } from "../../../src/channels/channel.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import type { SmtpTimeouts } from "../../../src/channels/email/smtp_connection.ts";
import { type Fault, startScriptedServer, type Step } from "./scripted_server.ts";

/** Test that also fails if a socket or timer is still open at its end. */
function test(name: string, fn: () => Promise<void>): void {
  Deno.test({ name, fn, sanitizeOps: true, sanitizeResources: true });
}

const LONG: SmtpTimeouts = {
  open: 30_000,
  reply: 30_000,
  envelope: 30_000,
  answer: 30_000,
  body: 30_000,
};
/** Time limit for a step at which the server stays silent. */
const SHORT_MS = 50;

function mailOf(n: number): OutgoingMail {
  const to = { address: `person${n}@example.net`, name: null };
  return { deliveryId: `dlv_${n}`, to, subject: `Mail ${n}`, text: "Hello\n", html: null };
}

interface Trial {
  readonly results: SendResult[];
  readonly connections: number;
  readonly steps: readonly Step[];
}

/** Sends mails one after the other over one connection at a time. */
async function send(
  count: number,
  faults: Fault[],
  pipelining = false,
  timeouts = LONG,
): Promise<Trial> {
  await using server = startScriptedServer(faults, pipelining);
  const options = { from: "noreply@example.com", timeouts };
  const provider = parseSmtpUrl(`${server.url}?connections=1`);
  const channel = openSmtpChannel({ ...provider, greetingMs: timeouts.open }, options);
  const results: SendResult[] = [];
  for (let n = 1; n <= count; n++) {
    const result = await channel.send(mailOf(n));
    results.push(result);
    if (result.outcome === "failed") await result.later;
  }
  await channel.close();
  return { results, connections: server.connections, steps: server.steps };
}

function errorOf({ results: [result] }: Trial) {
  assert.equal(result?.outcome, "failed");
  return result.error;
}

const STEPS: [at: Step, limits: Partial<SmtpTimeouts>, Disposition, beforeRecipient: boolean][] = [
  ["CONNECT", { open: SHORT_MS }, "retry", true],
  ["EHLO", { open: SHORT_MS }, "retry", true],
  ["MAIL", { reply: SHORT_MS, envelope: SHORT_MS }, "retry", false],
  ["RCPT", { reply: SHORT_MS, envelope: SHORT_MS }, "retry", false],
  ["DATA", { reply: SHORT_MS, envelope: SHORT_MS }, "retry", false],
  ["BODY", { answer: SHORT_MS, body: SHORT_MS }, "unknown", false],
  ["DOT", { answer: SHORT_MS, body: SHORT_MS }, "unknown", false],
];

for (const pipelining of [false, true]) {
  const mode = pipelining ? "pipelined" : "step by step";
  for (const [at, limits, disposition, beforeRecipient] of STEPS) {
    for (const then of ["CLOSE", "SILENCE"] as const) {
      test(`send() reports ${then} at ${at}, ${mode}, as ${disposition}`, async () => {
        const timeouts = then === "SILENCE" ? { ...LONG, ...limits } : LONG;
        // The second mail is the same one, tried over another connection.
        const faults = [1, 2].map((mail) => ({ at, then, mail }));
        const error = errorOf(await send(1, faults, pipelining, timeouts));
        assert.equal(error.type, "NETWORK");
        assert.equal(error.disposition, disposition);
        assert.equal(error.beforeRecipient, beforeRecipient);
      });
    }
  }

  for (const at of ["MAIL", "RCPT", "DATA"] as const) {
    test(`send() tries a mail over another connection after SILENCE at ${at}, ${mode}`, async () => {
      const timeouts = { ...LONG, reply: SHORT_MS };
      const { results, connections, steps } = await send(
        1,
        [{ at, then: "SILENCE" }],
        pipelining,
        timeouts,
      );
      assert.deepEqual(results.map(({ outcome }) => outcome), ["sent"]);
      assert.equal(connections, 2);
      assert.equal(steps.filter((step) => step === "DOT").length, 1);
    });
  }

  for (const at of ["CONNECT", "EHLO", "MAIL", "RCPT", "DATA", "DOT"] as const) {
    test(`send() retries after a 421 at ${at}, ${mode}`, async () => {
      const error = errorOf(await send(1, [{ at, then: "421 4.3.2 Going down\r\n" }], pipelining));
      assert.deepEqual([error.type, error.disposition], ["NETWORK", "retry"]);
      assert.equal(error.code, "421 4.3.2");
    });
  }
}

test("send() ends unknown after an incomplete reply to the final dot", async () => {
  const timeouts = { ...LONG, answer: SHORT_MS, body: SHORT_MS };
  const trial = await send(1, [{ at: "DOT", then: "250-Acc" }], false, timeouts);
  assert.equal(errorOf(trial).disposition, "unknown");
});

test("send() does not repeat a mail that may have been delivered", async () => {
  const { steps, results } = await send(2, [{ at: "DOT", then: "CLOSE", mail: 2 }]);
  assert.deepEqual(results.map(({ outcome }) => outcome), ["sent", "failed"]);
  assert.equal(steps.filter((step) => step === "DOT").length, 2);
});

const STALE: Fault[] = [
  { at: "MAIL", then: "CLOSE", mail: 2 },
  { at: "MAIL", then: "421 Too many mails on this connection\r\n", mail: 2 },
  { at: "DATA", then: "CLOSE", mail: 2 },
];

for (const fault of STALE) {
  for (const pipelining of [false, true]) {
    const what = `${fault.then.trim()} at ${fault.at}${pipelining ? ", pipelined" : ""}`;
    test(`send() opens a new connection if the idle one is stale: ${what}`, async () => {
      const { results, connections } = await send(2, [fault], pipelining);
      assert.deepEqual(results.map(({ outcome }) => outcome), ["sent", "sent"]);
      assert.equal(connections, 2);
    });
  }
}

test("send() reports the refusal of the new connection", async () => {
  const faults: Fault[] = [
    { at: "MAIL", then: "421 Too many mails on this connection\r\n", mail: 2 },
    { at: "MAIL", then: "421 No more today\r\n", mail: 3 },
  ];
  const { results, connections } = await send(2, faults);
  assert.equal(results[1]?.outcome, "failed");
  assert.equal(results[1].error.message, "421 No more today");
  assert.equal(connections, 2);
});

const REFUSALS: [name: string, pipelining: boolean, faults: Fault[]][] = [
  ["permanent", false, [{ at: "RCPT", then: "550 5.1.1 No such user\r\n" }]],
  ["temporary", false, [{ at: "RCPT", then: "450 4.2.1 Not now\r\n" }]],
  ["after DATA", false, [{ at: "DOT", then: "554 5.6.0 Not like that\r\n" }]],
  ["with DATA already pipelined", true, [
    { at: "RCPT", then: "550 5.1.1 No such user\r\n" },
    { at: "DATA", then: "554 5.5.1 No valid recipients\r\n" },
  ]],
  ["with DATA accepted nevertheless", true, [{ at: "RCPT", then: "550 5.1.1 No such user\r\n" }]],
];

for (const [name, pipelining, faults] of REFUSALS) {
  test(`send() keeps its connection after a refusal: ${name}`, async () => {
    const { results, connections, steps } = await send(3, faults, pipelining);
    assert.deepEqual(results.map(({ outcome }) => outcome), ["failed", "sent", "sent"]);
    assert.equal(connections, 1);
    assert.equal(steps.filter((step) => step === "RSET").length, 1);
  });
}

test("send() opens a new connection if RSET fails", async () => {
  const refusal: Fault = { at: "RCPT", then: "550 5.1.1 No such user\r\n" };
  for (const then of ["CLOSE", "SILENCE", "502 What?\r\n"] as const) {
    const faults = [refusal, { at: "RSET" as const, then }];
    const timeouts = { ...LONG, open: 1_000 };
    const { results, connections } = await send(2, faults, false, timeouts);
    assert.deepEqual(results.map(({ outcome }) => outcome), ["failed", "sent"]);
    assert.equal(connections, 2);
  }
});
