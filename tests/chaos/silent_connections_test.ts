// All connections to the database fall silent while a message is sent; new ones work.
import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { openFreezer } from "../support/freezer.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { type Program, request, startProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";
import { fromTypeId } from "../../src/domain/id.ts";

const MAILS = 2_000;
const BEFORE = 300;
const REPLY_MS = 30;
// Deadline of a statement, and of the wait for a connection before it.
const API_LIMIT_MS = 2 * 10_000;

const SEND = `mutation ($list: [RecipientInput!]) {
  sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
    ... on SendMessagePayload { message { id } } ... on Error { reason }
  }
}`;
const LIST = "{ messages { nodes { id status stats { sent } } } }";

/** Calls the API until `signal` aborts; returns the durations of its calls in ms. */
async function callApi({ address, key }: Program, signal: AbortSignal): Promise<number[]> {
  const durations: number[] = [];
  while (!signal.aborted) {
    const startedAt = performance.now();
    const response = await fetch(`${address}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${key}`, "content-type": "application/json" },
      body: JSON.stringify({ query: LIST }),
    });
    const { errors } = await response.json();
    if (errors) assert.equal(errors[0].extensions.code, "UNAVAILABLE");
    durations.push(performance.now() - startedAt);
    await sleep(200);
  }
  return durations;
}

/** Kills the program if it still runs, because the test has failed. */
async function end({ process }: Program): Promise<void> {
  try {
    process.kill("SIGKILL");
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
  }
  await process.status;
}

onPostgres(
  `${MAILS} mails are sent although all connections to the database fall silent`,
  async ({ db, url }) => {
    await openLedger(db);
    await using freezer = openFreezer(new URL(url));
    const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
    const program = await startProgram({
      DATABASE_URL: freezer.url,
      SMTP_URLS: smtp.url,
      ADMIN_API_KEY: "key-of-this-test",
    });
    await using _ = { [Symbol.asyncDispose]: () => end(program) };
    const list = people(MAILS).map(({ address }) => ({ address }));
    const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
      program,
      SEND,
      { list },
    );
    const id = fromTypeId("message", sendMessage.message.id);
    await until("some mails were sent", () => smtp.received.length > BEFORE);
    const ended = new AbortController();
    const calls = callApi(program, ended.signal);
    freezer.freeze();
    await until("/readyz reports the silence", async () => {
      const response = await fetch(`${program.address}/readyz`);
      await response.body?.cancel();
      return response.status === 503;
    });
    await until("the message is sent", async () => await readStatus(db, id) === "SENT", 120_000);
    await until("the program is ready again", async () => {
      const response = await fetch(`${program.address}/readyz`);
      await response.body?.cancel();
      return response.status === 200;
    });
    ended.abort();
    const slowest = Math.max(...await calls);
    assert.ok(slowest < API_LIMIT_MS, `a call of the API took ${slowest} ms`);
    assert.equal(await program.stop(), 0);
    await smtp.close();
    const outcomes = tally((await readDeliveries(db, id)).map(({ status }) => status));
    assert.deepEqual(outcomes, { SENT: MAILS });
    await assertJobsHold(db);
    await assertDeliveriesHold(db, arrivals(smtp));
  },
);
