import assert from "node:assert/strict";
import { isFinal } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres, type PostgresTestDatabase } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { openFreezer } from "../support/freezer.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { endMailProcess, startMailProcess } from "../support/mail_process.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { startWorkerProgram } from "../support/program.ts";
import { type Random, withRandom } from "../support/random.ts";
import { type SmtpTestServer, startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";

const MAILS = 1_000;
const CONNECTIONS = 10;
const REPLY_MS = 30;
// Numbers of received mails at which all open connections go dead.
const FREEZES = [150, 400, 700];

/** A message, and a mail server behind a proxy that can silence its connections. */
async function sendThroughProxy({ db }: PostgresTestDatabase, random: Random) {
  await openLedger(db);
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS * random.number()) });
  const proxy = openFreezer(new URL(smtp.url));
  const input = messageInput({ to: { list: people(MAILS) } });
  const { message } = await sendMessage(services, admin, input);
  return { services, smtp, proxy, id: message.id };
}

/** Checks the ledgers and returns the numbers of deliveries by status. */
async function countOutcomes(
  { db }: PostgresTestDatabase,
  id: string,
  smtp: SmtpTestServer,
): Promise<Record<string, number>> {
  await assertJobsHold(db);
  await assertDeliveriesHold(db, arrivals(smtp));
  const deliveries = await readDeliveries(db, id);
  // A mail that was not handed over is sent over another connection, and uses no attempt for it.
  const retried = deliveries.filter(({ status, attempt }) => status === "SENT" && attempt !== 1);
  assert.deepEqual(retried, []);
  return tally(deliveries.map(({ status }) => status));
}

onPostgres(
  `${MAILS} mails over connections that go dead: all are sent, but those being handed over`,
  (database) =>
    withRandom(import.meta.url, async (random) => {
      const { services, smtp, proxy, id } = await sendThroughProxy(database, random);
      await using worker = await startMailProcess(database.db, {
        databaseUrl: database.url,
        smtpUrl: proxy.url,
        shortTimeouts: true,
      });
      for (const received of FREEZES) {
        await smtp.untilReceived(received);
        proxy.freeze();
      }
      await until(
        "the message has ended",
        async () => isFinal(await readStatus(database.db, id)),
        120_000,
      );
      await endMailProcess(services, worker, "SIGTERM");
      await proxy[Symbol.asyncDispose]();
      await smtp.close();

      const { SENT = 0, UNKNOWN = 0, ...others } = await countOutcomes(database, id, smtp);
      assert.deepEqual(others, {});
      assert.equal(SENT + UNKNOWN, MAILS);
      assert.ok(UNKNOWN > 0 && UNKNOWN <= CONNECTIONS * FREEZES.length, `${UNKNOWN} are UNKNOWN`);
      await services.bus.close();
    }),
);

onPostgres(
  "a worker whose connections are dead records their mails before it stops",
  (database) =>
    withRandom(import.meta.url, async (random) => {
      const { services, smtp, proxy, id } = await sendThroughProxy(database, random);
      const worker = startWorkerProgram({ DATABASE_URL: database.url, SMTP_URLS: proxy.url });
      await smtp.untilReceived(200);
      proxy.freeze();
      assert.equal(await worker.stop(), 0);
      await proxy[Symbol.asyncDispose]();
      await smtp.close();

      const { SENT = 0, PENDING = 0, UNKNOWN = 0 } = await countOutcomes(database, id, smtp);
      assert.equal(SENT + PENDING + UNKNOWN, MAILS);
      assert.ok(UNKNOWN > 0 && UNKNOWN <= CONNECTIONS, `${UNKNOWN} are UNKNOWN`);
      await services.bus.close();
    }),
);
