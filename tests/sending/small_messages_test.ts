import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import { onEveryMail, type TestMail } from "../support/mail.ts";
import { makeDue, startMailWorker } from "../support/mail_worker.ts";
import { messageInput, people, tally } from "../support/messages.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { interceptStatement } from "../support/worker.ts";

const MESSAGES = 30;
const CONNECTIONS = 10;

const STATUSES = statement<[], { message: string; delivery: string }>(
  "test.statuses",
  `select m.status as message, d.status as delivery
   from messages m join deliveries d on d.message_id = m.id`,
);

const REFUSE_ADDRESS = statement<[]>(
  "test.refuseAddress",
  `alter table deliveries add constraint refused check (address <> 'person7@example.net' or status = 'PENDING')`,
);

const ACCEPT_ADDRESS = statement<[]>(
  "test.acceptAddress",
  `alter table deliveries drop constraint refused`,
);

/** Writes messages to one recipient each; claims the jobs of their batches for a worker. */
async function claimMessages(
  { services, organization, worker }: TestMail,
  claimant = worker,
  count = MESSAGES,
) {
  for (const person of people(count)) {
    await sendMessage(services, organization.admin, messageInput({ to: { list: [person] } }));
  }
  return await claimant.claim(count);
}

async function tallyStatuses(db: Connection) {
  const rows = await db.run(STATUSES);
  return tally(rows.map(({ message, delivery }) => `${message} ${delivery}`));
}

onEveryMail(
  "Messages to one recipient that are sent at once share their statements",
  async (mail) => {
    const { db, services, channel } = mail;
    let takes = 0;
    const counting = interceptStatement(services, "batches.take", (run) => {
      takes++;
      return run();
    });
    const worker = await startMailWorker(counting, { channel });
    const jobs = await claimMessages(mail, worker);
    assert.deepEqual(tally(jobs.map(({ kind, size }) => `${kind} ${size}`)), {
      "SEND_BATCH 1": MESSAGES,
    });
    worker.start(jobs);
    await worker.untilIdle();
    assert.deepEqual(await tallyStatuses(db), { "SENT SENT": MESSAGES });
    assert.equal(takes, 1);
  },
);

onEveryMail(
  "Of messages to one recipient whose worker dies while they are sent, none is lost or sent twice",
  async (mail) => {
    const { db, worker, smtp, startWorker } = mail;
    const hold = holdReplies(smtp);
    worker.start(await claimMessages(mail));
    await hold.untilWaiting(CONNECTIONS);
    hold.release(3);
    await hold.untilWaiting(CONNECTIONS);
    await worker.loseLease();
    const other = await startWorker();
    other.start(await other.claim(MESSAGES));
    hold.disable();
    await other.untilIdle();
    await worker.untilIdle();
    const { "SENT SENT": sent = 0, "FAILED UNKNOWN": unknown = 0 } = await tallyStatuses(db);
    assert.equal(sent + unknown, MESSAGES);
    assert.ok(unknown >= CONNECTIONS, "the mails without a reply are in doubt");
  },
);

onEveryMail(
  "A mail that the database refuses to record is UNKNOWN, and those recorded with it are SENT",
  async (mail) => {
    const { db, services, worker } = mail;
    await db.run(REFUSE_ADDRESS);
    worker.start(await claimMessages(mail));
    await worker.untilIdle();
    assert.deepEqual(await tallyStatuses(db), {
      "SENT SENT": MESSAGES - 1,
      "SENDING PENDING": 1,
    });
    await db.run(ACCEPT_ADDRESS);
    await makeDue(services);
    await worker.runQueued();
    assert.deepEqual(await tallyStatuses(db), {
      "SENT SENT": MESSAGES - 1,
      "FAILED UNKNOWN": 1,
    });
  },
);

onEveryMail(
  "A message to several recipients does not wait for all small messages at each of its mails",
  async (mail) => {
    const { services, channel, smtp, send } = mail;
    const large = Array.from({ length: 12 }, (_, n) => ({ address: `large${n}@example.net` }));
    await send({ to: { list: large } });
    const worker = await startMailWorker(services, { channel, places: 4 });
    const jobs = await claimMessages(mail, worker, 120);
    worker.start(jobs.toSorted((a, b) => b.size - a.size));
    await worker.untilIdle();
    const order = smtp.received.map(({ recipient }) => recipient.startsWith("large"));
    assert.ok(order.lastIndexOf(true) < order.lastIndexOf(false), "a small message came last");
  },
);
