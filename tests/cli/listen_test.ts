// `waybill listen` as a process, between a running server and a local program that verifies the signatures.
import assert from "node:assert/strict";
import { makeDataDir } from "../support/data_dir.ts";
import {
  type Program,
  request,
  runProgram,
  startCommand,
  startProgram,
} from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";
import { startReceiver, verifyCall } from "../support/webhook_receiver.ts";

function send(program: Program, title: string): Promise<unknown> {
  return request(
    program,
    `mutation ($title: String!) {
      sendMessage(input: {
        title: $title, type: "newsletter", to: { list: [{ address: "ada@example.com" }] }
        content: { subject: "News", text: "Hello" }
      }) { ... on SendMessagePayload { message { id } } ... on Error { reason } }
    }`,
    { title },
  );
}

Deno.test("listen forwards signed events, prints each answer, and ends by Ctrl-C", async () => {
  const smtp = await startSmtpServer();
  const program = await startProgram({ SMTP_URLS: smtp.url });
  await using receiver = await startReceiver();
  receiver.answer = ({ type }) => ({ status: type === "message.finished" ? 500 : 204 });
  const listening = startCommand(
    ["listen", "--forward-to", receiver.url, "--events", "delivery.sent,message.finished"],
    { WAYBILL_URL: program.address, WAYBILL_KEY: program.key },
  );
  await until("it is listening", () => listening.printed().includes("Signing secret"));
  await send(program, "July");
  await until("both events have arrived", () => receiver.calls.length === 2);
  await until("the failure is printed", () => / 500 /.test(listening.printed()));
  assert.equal(await listening.interrupt(), 0);

  const printed = listening.printed();
  const secret = /^Signing secret: (whsec_\S+)$/m.exec(printed)?.[1] ?? "";
  for (const call of receiver.calls) verifyCall(call, secret);
  assert.deepEqual(
    receiver.calls.map(({ type }) => type).toSorted(),
    ["delivery.sent", "message.finished"],
  );
  const sent = receiver.calls.find(({ type }) => type === "delivery.sent");
  assert.equal(sent?.data[0]?.address, "ada@example.com");
  assert.match(
    printed,
    new RegExp(`^\\d\\d:\\d\\d:\\d\\d {2}delivery\\.sent +${sent?.id} {2}204 {2}\\d+ ms$`, "m"),
  );
  assert.match(printed, /Ended: 1 calls were accepted, 1 failed/);
  await program.stop();
  await smtp.close();
});

Deno.test("listen says after a restart of the server that events may be missing", async () => {
  const settings = { DATA_DIR: makeDataDir(), ADMIN_API_KEY: "key-of-this-test-long-enough" };
  const first = await startProgram(settings);
  await using receiver = await startReceiver();
  const listening = startCommand(
    ["listen", "--forward-to", receiver.url, "--events", "message.finished"],
    { WAYBILL_URL: first.address, WAYBILL_KEY: first.key },
  );
  await until("it is listening", () => listening.printed().includes("Signing secret"));
  await first.stop();
  await until("the loss is printed", () => listening.printed().includes("Connection lost"));
  const second = await startProgram(settings, ["--port", new URL(first.address).port]);
  await until(
    "the gap is printed",
    () => /Connected again; events since \d\d:\d\d:\d\d may be missing/.test(listening.printed()),
  );
  await send(second, "August");
  await until("the event has arrived", () => receiver.calls.length === 1);
  assert.equal(await listening.interrupt(), 0);
  await second.stop();
});

Deno.test("listen refuses a wrong URL, an unknown type and a MEMBER", async () => {
  const program = await startProgram({});
  const settings = { WAYBILL_URL: program.address, WAYBILL_KEY: program.key };
  const created = await runProgram(["keys", "create", "member", "--user", "ada"], settings);
  const cases = [
    [2, /starts with http:\/\/ or https:\/\//, ["--forward-to", "localhost:3000"], program.key],
    [2, /Unknown type nonsense; there are: message\.started, /, [
      "--forward-to",
      "http://localhost:3000",
      "--events",
      "nonsense",
    ], program.key],
    [
      1,
      /Only an ADMIN may listen to events/,
      ["--forward-to", "http://localhost:3000"],
      created.printed.trim(),
    ],
  ] as const;
  for (const [code, reason, args, key] of cases) {
    const result = await runProgram(["listen", ...args], { ...settings, WAYBILL_KEY: key });
    assert.match(result.errors, reason);
    assert.equal(result.code, code);
  }
  await program.stop();
});
