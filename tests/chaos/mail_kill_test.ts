import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { rescueOrphans } from "../../src/domain/jobs/lease.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/operations.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres, type PostgresTestDatabase } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { type MailProcess, startMailProcess } from "../support/mail_process.ts";
import { comeDue } from "../support/mail_worker.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { randomOf } from "../support/random.ts";
import { startSmtpServer } from "../support/smtp.ts";

const MAILS = 2_000;
const PROCESSES = 2;
const REPLY_MS = 100;
const SEED = Number(Deno.env.get("CHAOS_SEED") ?? Math.floor(Math.random() * 1e6));

const EXPIRE = statement<[workerId: string]>(
  "test.expireDeadLease",
  "update workers set lease_until = clock_timestamp() - interval '1 second' where id = $1",
);

interface Havoc {
  readonly services: Services;
  /** What the next victim is sent. */
  readonly signal: "SIGKILL" | "SIGTERM";
  readonly random: () => number;
  start(): Promise<MailProcess>;
}

function sleep(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

/** Ends one process after the other until the message has ended; returns how many that were. */
async function wreak({ services, signal, random, start }: Havoc, id: string): Promise<number> {
  await using started = new AsyncDisposableStack();
  const processes: MailProcess[] = [];
  for (let n = 0; n < PROCESSES; n++) processes.push(started.use(await start()));
  let ends = 0;
  while (!isFinal(await readStatus(services.db, id))) {
    await sleep(100 + 600 * random());
    const place = Math.floor(random() * PROCESSES);
    await endOf(processes[place], signal, services);
    ends++;
    processes[place] = started.use(await start());
  }
  for (const process of processes) await endOf(process, "SIGTERM", services);
  return ends;
}

/** Ends a process, and does at once what others would do when its lease is over. */
async function endOf(
  process: MailProcess | undefined,
  signal: "SIGKILL" | "SIGTERM",
  services: Services,
): Promise<void> {
  if (!process) return;
  await process.end(signal);
  await services.db.run(EXPIRE, process.workerId);
  await rescueOrphans(services);
  await sweepMessages(services);
  await comeDue(services);
}

/** Sends a message while `signal` ends its workers, and checks what has become of everybody. */
async function sendThrough({ db, url }: PostgresTestDatabase, signal: Havoc["signal"]) {
  const random = randomOf(SEED);
  await openLedger(db);
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS * random()) });
  const options = { databaseUrl: url, smtpUrl: smtp.url };
  const start = () => startMailProcess(db, options);
  const input = messageInput({ to: { list: people(MAILS) } });
  const { message }: { message: Message } = await sendMessage(services, admin, input);
  const ends = await wreak({ services, signal, random, start }, message.id);
  await smtp.close();
  await services.bus.close();

  const outcomes = tally((await readDeliveries(db, message.id)).map(({ status }) => status));
  const about = `CHAOS_SEED=${SEED}, ${ends} ends, ${JSON.stringify(outcomes)}`;
  assert.ok(ends > 3, about);
  await Promise.all([assertJobsHold(db), assertDeliveriesHold(db, arrivals(smtp))])
    .catch((error) => assert.fail(`${about}\n${error.message}`));
  const { SENT = 0, FAILED = 0, UNKNOWN = 0 } = outcomes;
  assert.equal(SENT + FAILED + UNKNOWN, MAILS, about);
  return { sent: SENT, about };
}

onPostgres(`workers are killed while they send ${MAILS} mails (seed ${SEED})`, async (database) => {
  const { sent, about } = await sendThrough(database, "SIGKILL");
  assert.ok(sent > MAILS / 2, about);
});

onPostgres(`workers stop in peace while they send ${MAILS} mails`, async (database) => {
  const { sent, about } = await sendThrough(database, "SIGTERM");
  assert.equal(sent, MAILS, about);
});
