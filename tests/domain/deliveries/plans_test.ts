import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { newId } from "../../../src/domain/id.ts";
import { listBatches } from "../../../src/domain/deliveries/batches.ts";
import { readBatchWaits } from "../../../src/domain/deliveries/batch_waits.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { readDeliveryWaits } from "../../../src/domain/deliveries/read_waits.ts";
import { readErrorTypes, readStats } from "../../../src/domain/deliveries/stats.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { sweepMessages } from "../../../src/domain/messages/sweep.ts";
import { readMessageWaits } from "../../../src/domain/messages/waiting.ts";
import { onPostgresMail, type TestMail } from "../../support/mail.ts";
import { startMailWorker } from "../../support/mail_worker.ts";
import { messageInput, people, readBatches } from "../../support/messages.ts";
import { holdReplies, type ReplyHold } from "../../support/reply_hold.ts";
import { countingRows } from "../../support/row_count.ts";

const RECIPIENTS = 20_000;
// Limit of rows per statement: above a batch with its attempts and counters, far below the message.
const MAX_ROWS = 1_000;

const FILL = statement<[organizationId: string, id: string, count: number]>(
  "test.fillAudience",
  `with a as (
     insert into audiences (id, organization_id, name, recipient_count, import_status)
     values ($2, $1, 'Everybody', $3, 'FINISHED')
   )
   insert into audience_recipients (organization_id, audience_id, n, address)
   select $1, $2, n, 'person' || n || '@example.net' from generate_series(1, $3) n`,
);
const ANALYZE = statement<[]>("test.analyze", "analyze");
const PENDING_IDS = statement<[messageId: string], { id: string }>(
  "test.pendingIds",
  "select id from deliveries where message_id = $1 and status = 'PENDING' order by n limit 50",
);

/** Sends part of a message, kills a worker, cancels batches, pauses, resumes and cancels the message. */
async function runLifecycle(mail: TestMail, { id }: { readonly id: string }, hold: ReplyHold) {
  const { services, organization: { admin }, channel } = mail;
  const start = () => startMailWorker(services, { channel, window: 5 });
  const [worker, dying] = [await start(), await start()];
  worker.start(await worker.claim(4));
  await worker.untilIdle();
  hold.enable();
  dying.start(await dying.claim(1));
  await hold.untilWaiting(5);
  await dying.loseLease();
  hold.disable();
  worker.start(await worker.claim(2));
  await worker.untilIdle();
  await dying.untilIdle();
  const batches = await readBatches(mail.db, id);
  for (const { jobId } of batches.slice(-2)) await cancelJob(services, admin, jobId);
  await sweepMessages(services);
  await readWaits(mail, id, batches.map(({ jobId }) => jobId));
  await pauseMessage(services, admin, id);
  await readWaits(mail, id, batches.map(({ jobId }) => jobId));
  worker.start(await worker.claim(3));
  await worker.untilIdle();
  await resumeMessage(services, admin, id);
  worker.start(await worker.claim(1));
  await worker.untilIdle();
  await cancelMessage(services, admin, id);
  worker.start(await worker.claim(4));
  await worker.untilIdle();
}

async function readWaits(
  { db, services }: TestMail,
  messageId: string,
  jobIds: readonly string[],
) {
  const pending = await db.run(PENDING_IDS, messageId);
  await readMessageWaits(services.db, [messageId]);
  await readBatchWaits(services.db, jobIds);
  await readDeliveryWaits(services.db, pending.map(({ id }) => id));
}

async function readAll({ services, organization: { admin } }: TestMail, message: { id: string }) {
  const page = { first: 50 };
  const list = (filter: Parameters<typeof listDeliveries>[2]) =>
    listDeliveries(services, admin, filter, "CREATED_ASC", page);
  await list({ messageId: message.id });
  await list({ messageId: message.id, statuses: ["FAILED"] });
  await list({ messageId: message.id, statuses: ["FAILED", "UNKNOWN"], errorTypes: ["OTHER"] });
  await list({});
  await readStats(services.db, [message.id]);
  await readErrorTypes(services.db, [message.id]);
  await listBatches(services, { ...message, organizationId: admin.organizationId }, page);
}

onPostgresMail(
  "statements of batches, deliveries and messages read no more than a batch",
  async (mail) => {
    const { db, organization: { admin } } = mail;
    const hold = holdReplies(mail.smtp);
    hold.disable();
    const maxRows = new Map<string, number>();
    const services = { ...mail.services, db: countingRows(db, maxRows) };
    const counted = { ...mail, services };
    const send = async (to: { list?: ReturnType<typeof people>; audienceId?: string }) => {
      const { message } = await sendMessage(services, admin, messageInput({ to }));
      // A new worker each time, because an idle one is reaped together with the killed workers.
      const planner = await mail.startWorker();
      planner.start(await planner.claim(1));
      await planner.untilIdle();
      return message;
    };
    // Statements are prepared while the tables are small, as in a new installation, and reused later.
    for (let n = 1; n <= 6; n++) {
      await runLifecycle(counted, await send({ list: people(1_200) }), hold);
    }
    const audienceId = newId();
    await db.run(FILL, admin.organizationId, audienceId, RECIPIENTS);
    const message = await send({ audienceId });
    maxRows.clear();
    await runLifecycle(counted, message, hold);
    await db.run(ANALYZE);
    await readAll(counted, message);

    assert.ok(Math.max(...maxRows.values()) > 0, "no rows were counted");
    assert.deepEqual([...maxRows].filter(([, rows]) => rows > MAX_ROWS), []);
  },
);
