import assert from "node:assert/strict";
import { isFinal } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres, type PostgresTestDatabase } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { endMailProcess, type MailProcess, startMailProcess } from "../support/mail_process.ts";
import { makeDue } from "../support/mail_worker.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { type Random, withRandom } from "../support/random.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";

const MAILS = 2_000;
const PROCESSES = 2;
// Slow enough that several processes end while the message is being sent.
const REPLY_MS = 200;

type Signal = "SIGKILL" | "SIGTERM";

interface Run {
  readonly services: Services;
  /** Sent to one process after the other. */
  readonly signal: Signal;
  readonly random: Random;
  start(): Promise<MailProcess>;
}

/** Ends processes one after the other until the message has ended; returns their number. */
async function endProcesses({ services, signal, random, start }: Run, id: string): Promise<number> {
  await using started = new AsyncDisposableStack();
  const processes: MailProcess[] = [];
  for (let n = 0; n < PROCESSES; n++) processes.push(started.use(await start()));
  let ends = 0;
  while (!isFinal(await readStatus(services.db, id))) {
    await sleep(100 + 600 * random.number());
    const victim = random.pick(processes);
    await end(services, victim, signal);
    ends++;
    processes[processes.indexOf(victim)] = started.use(await start());
  }
  for (const process of processes) await end(services, process, "SIGTERM");
  return ends;
}

async function end(services: Services, process: MailProcess, signal: Signal): Promise<void> {
  await endMailProcess(services, process, signal);
  await sweepMessages(services);
  await makeDue(services);
}

/** Sends a message while its workers are ended, and checks the state of every delivery. */
async function sendWhileEnding(
  { db, url }: PostgresTestDatabase,
  signal: Signal,
  random: Random,
): Promise<{ sent: number; summary: string }> {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS * random.number()) });
  const start = () => startMailProcess(db, { databaseUrl: url, smtpUrl: smtp.url });
  const input = messageInput({ to: { list: people(MAILS) } });
  const { message } = await sendMessage(services, admin, input);
  const ends = await endProcesses({ services, signal, random, start }, message.id);
  await smtp.close();
  await services.bus.close();

  const outcomes = tally((await readDeliveries(db, message.id)).map(({ status }) => status));
  const summary = `${ends} processes ended, ${JSON.stringify(outcomes)}`;
  assert.ok(ends > 3, summary);
  await assertJobsHold(db);
  await assertDeliveriesHold(db, arrivals(smtp));
  const { SENT = 0, FAILED = 0, UNKNOWN = 0 } = outcomes;
  assert.equal(SENT + FAILED + UNKNOWN, MAILS, summary);
  return { sent: SENT, summary };
}

onPostgres(
  `${MAILS} mails: killed workers lose none and send none twice`,
  (database) =>
    withRandom(import.meta.url, async (random) => {
      const { sent, summary } = await sendWhileEnding(database, "SIGKILL", random);
      assert.ok(sent > MAILS / 2, summary);
    }),
);

onPostgres(
  `${MAILS} mails: workers that stop gracefully leave none UNKNOWN`,
  (database) =>
    withRandom(import.meta.url, async (random) => {
      const { sent, summary } = await sendWhileEnding(database, "SIGTERM", random);
      assert.equal(sent, MAILS, summary);
    }),
);

onPostgres(
  "a batch that makes progress is sent to its end, although each of its workers is killed",
  async ({ db, url }) => {
    await openLedger(db);
    const services = { db, bus: createBus() };
    const { admin } = await createOrganization(db);
    const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
    // A small window, so that the batch outlives several workers.
    const smtpUrl = `${smtp.url}?connections=2`;
    const start = () => startMailProcess(db, { databaseUrl: url, smtpUrl });
    const input = messageInput({ to: { list: people(100) } });
    const { message: { id } } = await sendMessage(services, admin, input);
    const outcomes = async () => tally((await readDeliveries(db, id)).map(({ status }) => status));
    let sent = 0;
    for (let kills = 0; kills < 4; kills++) {
      await using process = await start();
      sent = await until("another delivery is recorded", async () => {
        const { SENT = 0 } = await outcomes();
        return SENT > sent && SENT;
      });
      await end(services, process, "SIGKILL");
    }
    await using process = await start();
    await until("the message has ended", async () => isFinal(await readStatus(db, id)));
    await process.end("SIGTERM");
    await smtp.close();
    await services.bus.close();
    await assertJobsHold(db);
    await assertDeliveriesHold(db, arrivals(smtp));
    const { SENT = 0, UNKNOWN = 0 } = await outcomes();
    assert.equal(SENT + UNKNOWN, 100);
  },
);
