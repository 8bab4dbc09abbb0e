import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { resumeMessages } from "../../src/domain/messages/resume.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import { publishProviders } from "../../src/domain/providers/circuit.ts";
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { FAULTS, type FaultySmtpServer, STAGES, startFaultySmtp } from "../support/faulty_smtp.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { endMailProcess, type MailProcess, startMailProcess } from "../support/mail_process.ts";
import { makeDue } from "../support/mail_worker.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { withRandom } from "../support/random.ts";
import { sleep } from "../support/until.ts";

const MAILS = 1_000;
const PROCESSES = 2;
const TIME_MS = 120_000;

// Ends the back-off of open circuits, which lasts up to a minute.
const TRY_NOW = statement<[], { id: string }>(
  "test.tryNow",
  "update providers set retry_at = now() where state = 'OPEN' and retry_at > now() returning id",
);

function sumOf(
  servers: readonly FaultySmtpServer[],
  counts: "accepted" | "faults",
): Map<string, number> {
  const sum = new Map<string, number>();
  for (const server of servers) {
    for (const [key, count] of server[counts]) sum.set(key, (sum.get(key) ?? 0) + count);
  }
  return sum;
}

onPostgres(
  "two faulty providers and killed workers: no mail is lost or sent twice",
  (database) =>
    withRandom(import.meta.url, async (random) => {
      const { db, url } = database;
      await openLedger(db);
      const services = { db, bus: createBus(postgresTransport(() => db.dedicated(), () => {})) };
      const { admin } = await createOrganization(db);
      await using started = new AsyncDisposableStack();
      const servers = [startFaultySmtp(random), startFaultySmtp(random)];
      for (const server of servers) started.use(server);
      const smtpUrl = servers.map((server) => server.url).join(",");
      const start = async () =>
        started.use(await startMailProcess(db, { databaseUrl: url, smtpUrl, shortTimeouts: true }));

      const { message: { id } } = await sendMessage(
        services,
        admin,
        messageInput({ to: { list: people(MAILS) }, retry: { mode: "AUTO", maxAttempts: 4 } }),
      );
      const processes: MailProcess[] = [];
      for (let n = 0; n < PROCESSES; n++) processes.push(await start());
      const deadline = performance.now() + TIME_MS;
      let kills = 0;
      for (let pause = 1; !isFinal(await readStatus(db, id)); pause++) {
        assert.ok(performance.now() < deadline, `the message has not ended after ${TIME_MS} ms`);
        await sleep(100 + 200 * random.number());
        if (pause % 10 === 0) {
          const victim = random.pick(processes);
          await endMailProcess(services, victim, "SIGKILL");
          processes[processes.indexOf(victim)] = await start();
          kills++;
        }
        // Refused logins pause the message, which an operator would resume, or a mail that is accepted.
        await resumeMessages(services, admin, { ids: [id] });
        publishProviders(services, (await db.run(TRY_NOW)).map((provider) => provider.id));
        await sweepMessages(services);
        await makeDue(services);
      }
      for (const process of processes) await endMailProcess(services, process, "SIGTERM");
      await services.bus.close();

      const faults = sumOf(servers, "faults");
      await assertJobsHold(db);
      await assertDeliveriesHold(db, sumOf(servers, "accepted"));
      await assertAllEnded(db, id, `${kills} kills, ${JSON.stringify([...faults].sort())}`);
      for (const stage of STAGES) {
        const occurred = FAULTS.some((fault) => faults.has(`${stage} ${fault}`));
        assert.ok(occurred, `no fault occurred at ${stage}`);
      }
      for (const { accepted } of servers) assert.ok(accepted.size > 0, "a server accepted no mail");
    }),
);

async function assertAllEnded(db: Connection, messageId: string, run: string): Promise<void> {
  const outcomes = tally((await readDeliveries(db, messageId)).map(({ status }) => status));
  const { SENT = 0, FAILED = 0, UNKNOWN = 0 } = outcomes;
  const summary = `${JSON.stringify(outcomes)}, ${run}`;
  assert.equal(SENT + FAILED + UNKNOWN, MAILS, summary);
  assert.ok(SENT > MAILS / 2, summary);
}
