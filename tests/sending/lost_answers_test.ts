import assert from "node:assert/strict";
import { openSmtpChannel } from "../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../src/channels/email/smtp_url.ts";
import { type Connection, type Database, openDatabase, statement } from "../../src/db/database.ts";
import { DatabaseConnectionError } from "../../src/db/sqlstate.ts";
import { pauseMessage } from "../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { sweepMessages } from "../../src/domain/messages/sweep.ts";
import { createBus } from "../../src/events/bus.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { arrivals, onEveryMail } from "../support/mail.ts";
import { mailHandlers, startMailWorker } from "../support/mail_worker.ts";
import { messageInput, people, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const IN_FLIGHT = statement<[address: string], { inFlight: boolean }>(
  "test.inFlight",
  `select coalesce(d.n = any(b.win), false) as "inFlight"
   from deliveries d join batches b on b.message_id = d.message_id and b.number = d.batch_number
   where d.address = $1`,
);
const TERMINATE = statement<[], { pid: number }>(
  "test.terminate",
  `select pid, pg_terminate_backend(pid) from pg_stat_activity
   where datname = current_database() and application_name = 'waybill' and pid <> pg_backend_pid()
     and query like '/* deliveries.step */%'
   limit 1`,
);

/** Wraps a database; `then` is called after each committed step and returns whether its answer arrives. */
function losingAnswers(db: Database, then: () => Promise<boolean>): Database {
  const run: Connection["run"] = async (statement, ...params) => {
    const rows = await db.run(statement, ...params);
    if (statement.label !== "deliveries.step" || await then()) return rows;
    throw new DatabaseConnectionError(new Error("Connection terminated unexpectedly"));
  };
  return { ...db, run };
}

onEveryMail(
  "BatchSender sends no delivery that the batch row does not list as in flight",
  async (mail) => {
    const { services, organization: { admin }, channel, smtp, send } = mail;
    const unlisted: string[] = [];
    smtp.replies.beforeReply = async (address) => {
      const [delivery] = await mail.db.run(IN_FLIGHT, address);
      if (!delivery?.inFlight) unlisted.push(address);
    };
    const { id } = await send({ to: { list: people(30) } });
    // The message is paused while mails are in flight. The step that records them starts no delivery, its
    // answer is lost, and the message is resumed before the step is repeated.
    let resumed = false;
    const losing = losingAnswers(mail.db, async () => {
      if (resumed) return true;
      if (await readStatus(mail.db, id) !== "PAUSED") {
        await pauseMessage(services, admin, id);
        return true;
      }
      await resumeMessage(services, admin, id);
      resumed = true;
      return false;
    });
    const worker = await startMailWorker({ ...services, db: losing }, { channel, window: 2 });
    await worker.runQueued();
    assert.equal(await readStatus(mail.db, id), "SENT");
    assert.deepEqual(unlisted, []);
    assert.ok(resumed);
  },
);

onPostgres(
  "recordStep() records each delivery once when its connections are killed",
  async ({ db, url }) => {
    await openLedger(db);
    const connection = { connectionString: url };
    const dying = openDatabase({ connection, size: 5, embedded: false, onError: () => {} });
    const services = { db: dying, bus: createBus() };
    const { admin } = await createOrganization(db);
    const smtp = await startSmtpServer();
    const channel = openSmtpChannel(parseSmtpUrl(smtp.url), { from: "noreply@example.com" });
    const input = messageInput({ to: { list: people(600) } });
    const { message: { id } } = await sendMessage(services, admin, input);
    const worker = await startWorker(services, {
      handlers: mailHandlers(services, { channel }),
      lanes: new Map([["BULK", 2]]),
      sweep: () => sweepMessages(services),
    });
    let killed = 0;
    const killing = (async () => {
      while (killed < 6 && smtp.received.length < 600) killed += (await db.run(TERMINATE)).length;
    })();
    await until("the message has ended", async () => await readStatus(db, id) === "SENT");
    await killing;
    await worker.stop();
    await channel.close();
    await smtp.close();
    await services.bus.close();
    await dying.close();
    assert(killed > 0);
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status, tries }) => `${status} ${tries}`)), {
      "SENT 1": 600,
    });
    await assertJobsHold(db);
    await assertDeliveriesHold(db, arrivals(smtp));
  },
);
