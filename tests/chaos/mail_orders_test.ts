import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import { statement } from "../../src/db/database.ts";
import { DomainError } from "../../src/domain/errors.ts";
import { cancelJob, retryJob } from "../../src/domain/jobs/operations.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import {
  cancelMessage,
  getMessage,
  pauseMessage,
  resumeMessage,
  sendMessage,
} from "../../src/domain/messages/operations.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import { createBus } from "../../src/events/bus.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { comeDue, mailHandlers } from "../support/mail_worker.ts";
import { messageInput, people } from "../support/messages.ts";
import { randomOf } from "../support/random.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const MESSAGES = 6;
const RECIPIENTS = 400;
const PEOPLE = 8;
const ORDERS = 120;
const WORKERS = 3;
const SEED = Number(Deno.env.get("CHAOS_SEED") ?? Math.floor(Math.random() * 1e6));

const JOBS = statement<[], { id: string }>("test.jobIds", "select id from jobs");

/** What the program has logged as an error. */
async function watchLog(): Promise<string[]> {
  const errors: string[] = [];
  const note = ({ properties, message }: LogRecord) =>
    void errors.push(`${message.join("")} ${String(properties.error)}`);
  await configure({
    sinks: { errors: note },
    loggers: [
      { category: "waybill", sinks: ["errors"], lowestLevel: "error" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  return errors;
}

onPostgres(`people give orders at random while mails go out (seed ${SEED})`, async ({ db }) => {
  const random = randomOf(SEED);
  const pick = <T>(values: readonly T[]): T =>
    values[Math.floor(random() * values.length)] ?? assert.fail("nothing to pick from");
  const errors = await watchLog();
  await openLedger(db);
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const smtp = await startSmtpServer({
    reject: (address) => address.startsWith("person9@") ? "450 4.7.1 Come back later" : null,
  });
  const channel = openSmtpChannel(parseSmtpUrl(smtp.url), { from: "noreply@example.com" });
  const workers = [];
  for (let n = 0; n < WORKERS; n++) {
    workers.push(
      await startWorker(services, {
        handlers: mailHandlers(services, { channel }),
        lanes: new Map([["BULK", 3]]),
      }),
    );
  }
  const ids: string[] = [];
  for (let n = 0; n < MESSAGES; n++) {
    const input = messageInput({ to: { list: people(RECIPIENTS) }, type: `type ${n % 2}` });
    ids.push((await sendMessage(services, admin, input)).message.id);
  }

  const jobs = async () => (await db.run(JOBS)).map(({ id }) => id);
  const orders: [weight: number, give: () => Promise<unknown>][] = [
    [6, () => pauseMessage(services, admin, pick(ids))],
    [8, () => resumeMessage(services, admin, pick(ids))],
    [1, () => cancelMessage(services, admin, pick(ids.slice(0, 2)))],
    [2, async () => cancelJob(services, admin, pick(await jobs()))],
    [4, async () => retryJob(services, admin, pick(await jobs()))],
    [2, () => sweepMessages(services)],
    [2, () => comeDue(services)],
  ];
  const urn = orders.flatMap(([weight, give]) => Array.from({ length: weight }, () => give));
  await Promise.all(Array.from({ length: PEOPLE }, async () => {
    for (let n = 0; n < ORDERS / PEOPLE; n++) {
      await new Promise((resolve) => setTimeout(resolve, 150 * random()));
      // What has ended meanwhile cannot be paused any more.
      await pick(urn)().catch((error) => {
        if (!(error instanceof DomainError)) throw error;
      });
    }
  }));

  for (const id of ids) {
    await until(`message ${id} has ended`, async () => {
      await sweepMessages(services);
      await comeDue(services);
      const { status } = await getMessage(services, admin, id);
      if (status === "PAUSED") await resumeMessage(services, admin, id);
      return isFinal(status);
    });
  }
  await Promise.all(workers.map((worker) => worker.stop()));
  await channel.close();
  await smtp.close();
  await services.bus.close();
  await reset();
  assert.deepEqual(errors, []);
  await assertJobsHold(db);
  await assertDeliveriesHold(db, arrivals(smtp));
});
