// Outages of the database that last longer than a lease, while processes send mails: no living worker is
// taken for dead, and the jobs of one that died during the outage continue after it.
import assert from "node:assert/strict";
import { type Connection, openDatabase, statement } from "../../src/db/database.ts";
import { migrate } from "../../src/db/migrate.ts";
import { isFinal } from "../../src/domain/messages/message.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals } from "../support/mail.ts";
import { type MailProcess, startMailProcess } from "../support/mail_process.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { onOwnPostgres, type OwnPostgres } from "../support/own_postgres.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { sleep, until } from "../support/until.ts";

const MAILS = 2_000;
const REPLY_MS = 100;
const RESCUE_MS = 30_000;
const END_MS = 120_000;

const CRASHED = statement<[], { workerId: string }>(
  "test.crashedWorkers",
  `select distinct worker_id as "workerId" from job_attempts where outcome = 'CRASHED'`,
);
const HELD = statement<[workerId: string], { id: string }>(
  "test.heldJobs",
  "select id from jobs where worker_id = $1 and status = 'PROCESSING'",
);

interface Outage {
  /** Begins and ends the outage. */
  pass(server: OwnPostgres, processes: readonly MailProcess[]): Promise<void>;
  /** Index of the process that dies meanwhile; null: none. */
  readonly dies: number | null;
}

/** Waits until no job belongs to the worker; fails after 30 s. */
async function untilRescued(db: Connection, workerId: string): Promise<void> {
  await until("the jobs of the dead worker are rescued", async () => {
    // The first statements may fail, because connections were lost in the outage.
    const jobs = await db.run(HELD, workerId).catch(() => null);
    return jobs?.length === 0;
  }, RESCUE_MS);
}

async function sendDuring(server: OwnPostgres, { pass, dies }: Outage): Promise<void> {
  const connection = { connectionString: server.url };
  const db = openDatabase({ connection, size: 5, embedded: false, onError: () => {} });
  await migrate(db);
  await openLedger(db);
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const smtp = await startSmtpServer({ beforeReply: () => sleep(REPLY_MS) });
  await using started = new AsyncDisposableStack();
  const processes: MailProcess[] = [];
  for (let n = 0; n < 2; n++) {
    const options = { databaseUrl: server.url, smtpUrl: smtp.url, logLevel: "fatal" };
    processes.push(started.use(await startMailProcess(db, options)));
  }
  const { message } = await sendMessage(
    services,
    admin,
    messageInput({ to: { list: people(MAILS) } }),
  );
  await smtp.untilReceived(100);

  await pass(server, processes);
  const dead = dies === null ? null : processes[dies];
  if (dead) await untilRescued(db, dead.workerId);
  const ended = async () => isFinal(await readStatus(db, message.id));
  await until("the message has ended", () => ended().catch(() => false), END_MS);
  for (const process of processes) await process.end("SIGTERM");
  await smtp.close();
  await services.bus.close();

  const { SENT = 0, UNKNOWN = 0 } = tally(
    (await readDeliveries(db, message.id)).map(({ status }) => status),
  );
  assert.equal(SENT + UNKNOWN, MAILS);
  if (!dead) assert.equal(UNKNOWN, 0);
  const crashed = (await db.run(CRASHED)).map(({ workerId }) => workerId);
  assert.deepEqual(crashed, dead ? [dead.workerId] : []);
  await assertJobsHold(db);
  await assertDeliveriesHold(db, arrivals(smtp));
  await db.close();
}

onOwnPostgres(
  "a database that is frozen for 45 s makes no delivery UNKNOWN",
  (server) =>
    sendDuring(server, {
      dies: null,
      async pass() {
        await server.freeze();
        await sleep(45_000);
        await server.thaw();
      },
    }),
);

onOwnPostgres(
  "a worker that dies while the database is stopped is the only one reaped",
  (server) =>
    sendDuring(server, {
      dies: 1,
      async pass(_, [, dying]) {
        await server.stop("fast");
        await sleep(5_000);
        await dying?.end("SIGKILL");
        await sleep(25_000);
        await server.start();
      },
    }),
);
