import assert from "node:assert/strict";
import { type Connection, type Database, statement } from "../../../src/db/database.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import type { Caller } from "../../../src/domain/access/access.ts";
import {
  cleanupDeliveries,
  FIRST_DELIVERY,
  pruneDeliveries,
} from "../../../src/domain/deliveries/prune.ts";
import { readStats } from "../../../src/domain/deliveries/stats.ts";
import { ForbiddenError } from "../../../src/domain/errors.ts";
import type { ClaimedJob } from "../../../src/domain/jobs/claim.ts";
import { startJob } from "../../../src/domain/jobs/start.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import type { Services } from "../../../src/domain/services.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { cleanupDeliveriesHandler } from "../../../src/handlers/cleanup_deliveries.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { issuesOf } from "../../support/issues.ts";
import { type MailWorker, startMailWorker } from "../../support/mail_worker.ts";
import { messageInput, people, readDeliveries, tally } from "../../support/messages.ts";
import { holdReplies, type ReplyHold } from "../../support/reply_hold.ts";
import { startSmtpServer } from "../../support/smtp.ts";

const AGE = statement<[days: number]>(
  "test.ageDeliveries",
  `with m as (update messages set finished_at = finished_at - make_interval(days => $1))
   update deliveries set created_at = created_at - make_interval(days => $1),
     sent_at = sent_at - make_interval(days => $1), updated_at = updated_at - make_interval(days => $1)`,
);
const ATTEMPTS = statement<[], { count: number }>(
  "test.countAttempts",
  "select count(*) from delivery_attempts",
);
const CLEAN_UP = statement<[]>("test.cleanUp", "call cleanup_old_deliveries(90)");
const CLEAN_UP_NONSENSE = statement<[]>("test.cleanUpNonsense", "call cleanup_old_deliveries(-1)");

interface Cleanup {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly worker: MailWorker;
  /** Hold of the replies of the server; disabled at first. */
  readonly hold: ReplyHold;
  /** Plans a message to `count` recipients, the first of which the server refuses. */
  send(count: number): Promise<string>;
}

/** Declares a test of pruning, without the ledger, which would miss the deleted deliveries. */
function onEveryCleanup(name: string, test: (cleanup: Cleanup) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    const services = { db, bus: createBus() };
    const organization = await createOrganization(db);
    const smtp = await startSmtpServer({
      reject: (address) => address === "person1@example.net" ? "550 5.1.1 No such user" : null,
    });
    const hold = holdReplies(smtp);
    hold.disable();
    const channel = openSmtpChannel(parseSmtpUrl(smtp.url), {
      from: "Waybill <noreply@example.com>",
    });
    const worker = await startMailWorker(services, { channel, window: 2 });
    const send = async (count: number) => {
      const input = messageInput({ to: { list: people(count) } });
      const { message } = await sendMessage(services, organization.admin, input);
      return message.id;
    };
    try {
      await test({ db, services, organization, worker, hold, send });
    } finally {
      hold.disable();
      await channel.close();
      await smtp.close();
      await services.bus.close();
    }
  });
}

async function countByStatus(db: Connection, messageId: string): Promise<Record<string, number>> {
  return tally((await readDeliveries(db, messageId)).map(({ status }) => status));
}

async function prune(services: Services, organizationId: string | null, limit = 1_000) {
  const chunks: number[] = [];
  let after: string | null = FIRST_DELIVERY;
  while (after !== null) {
    const chunk = await pruneDeliveries(services, organizationId, 90, after, limit);
    chunks.push(chunk.pruned);
    after = chunk.last;
  }
  return chunks;
}

/** Finishes one message with a failure, and cancels another before it is sent. */
async function finishTwo({ services, organization: { admin }, worker, send }: Cleanup) {
  const sent = await send(5);
  await worker.runQueued();
  const cancelled = await send(3);
  await cancelMessage(services, admin, cancelled);
  await worker.runQueued();
  return [sent, cancelled] as const;
}

onEveryCleanup(
  "pruneDeliveries() deletes sent and cancelled deliveries after 90 days, and keeps failures and counters",
  async (mail) => {
    const { db, services } = mail;
    const ids = await finishTwo(mail);
    const [sent, cancelled] = ids;
    const before = await readStats(db, ids);
    await db.run(AGE, 89);
    assert.deepEqual((await prune(services, null)).reduce((a, b) => a + b), 0);
    await db.run(AGE, 2);
    assert.deepEqual((await prune(services, null)).reduce((a, b) => a + b), 7);
    assert.deepEqual(await countByStatus(db, sent), { FAILED: 1 });
    assert.deepEqual(await countByStatus(db, cancelled), {});
    assert.deepEqual(await db.run(ATTEMPTS), [{ count: 1 }]);
    const after = await readStats(db, ids);
    assert.deepEqual(after, before);
    assert.deepEqual([after.get(sent)?.sent, after.get(cancelled)?.cancelled], [4, 3]);
  },
);

onEveryCleanup(
  "pruneDeliveries() keeps a suppressed delivery as long as a sent one",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    await addSuppressions(services, admin, {
      channel: "EMAIL",
      addresses: ["person2@example.net"],
    });
    const id = await send(3);
    await worker.runQueued();
    await db.run(AGE, 89);
    await prune(services, null);
    assert.deepEqual(await countByStatus(db, id), { FAILED: 1, SUPPRESSED: 1, SENT: 1 });
    await db.run(AGE, 2);
    await prune(services, null);
    assert.deepEqual(await countByStatus(db, id), { FAILED: 1 });
    assert.equal((await readStats(db, [id])).get(id)?.suppressed, 1);
  },
);

onEveryCleanup("pruneDeliveries() deletes in chunks, of one organization", async (mail) => {
  const { db, services, organization } = mail;
  await finishTwo(mail);
  await db.run(AGE, 91);
  const other = await createOrganization(db);
  assert.deepEqual(await prune(services, other.id), [0]);
  // Eight deliveries, the first of which failed: three per chunk, and a last chunk without any.
  assert.deepEqual(await prune(services, organization.id, 3), [2, 3, 2, 0]);
});

onEveryCleanup(
  "cleanup_old_deliveries() deletes sent and cancelled deliveries, and refuses negative days",
  async (mail) => {
    const { db } = mail;
    const ids = await finishTwo(mail);
    await db.run(AGE, 91);
    await assert.rejects(db.run(CLEAN_UP_NONSENSE), /must be 0 or more/);
    await db.run(CLEAN_UP);
    assert.deepEqual(await countByStatus(db, ids[0]), { FAILED: 1 });
    assert.deepEqual(await countByStatus(db, ids[1]), {});
  },
);

onEveryCleanup(
  "pruneDeliveries() keeps deliveries in flight, and those of unfinished messages",
  async (mail) => {
    const { db, services, organization: { admin }, worker, hold, send } = mail;
    hold.enable();
    const id = await send(6);
    worker.start(await worker.claim());
    await hold.untilWaiting(2);
    await cancelMessage(services, admin, id);
    await db.run(AGE, 91);
    await prune(services, null);
    assert.deepEqual(await countByStatus(db, id), { FAILED: 1, PENDING: 5 });
    hold.disable();
    await worker.untilIdle();
    assert.deepEqual(await countByStatus(db, id), { FAILED: 1, SENT: 2, PENDING: 3 });
    await prune(services, null);
    assert.deepEqual(await countByStatus(db, id), { FAILED: 1, SENT: 2 });
  },
);

onEveryCleanup(
  "cleanupDeliveries() starts a job that prunes the caller's organization only",
  async (mail) => {
    const { db, services, organization: { id: organizationId, admin, member } } = mail;
    const ids = await finishTwo(mail);
    await db.run(AGE, 91);
    await assert.rejects(cleanupDeliveries(services, member, 90), ForbiddenError);
    for (const days of [-1, 1.5, 36_501]) {
      const refused = () => cleanupDeliveries(services, admin, days);
      assert.deepEqual(await issuesOf(refused), ["daysToKeep OUT_OF_RANGE"]);
    }
    const refused = () => startCleanup(services, admin, -1);
    assert.deepEqual(await issuesOf(refused), ["payload.daysToKeep OUT_OF_RANGE"]);
    const job = await cleanupDeliveries(services, admin, 90);
    assert.deepEqual([job.kind, job.lane, job.payload], [
      "CLEANUP_DELIVERIES",
      "SYSTEM",
      { daysToKeep: 90 },
    ]);
    const other = await createOrganization(db);
    for (const owner of [other.id, organizationId]) {
      assert.deepEqual(await countByStatus(db, ids[0]), { FAILED: 1, SENT: 4 });
      await cleanUp(services, {
        ...job,
        topic: job.kind,
        fence: 1,
        size: 100,
        organizationId: owner,
      });
    }
    assert.deepEqual(await countByStatus(db, ids[0]), { FAILED: 1 });
  },
);

async function cleanUp(services: Services, job: ClaimedJob): Promise<void> {
  const { signal } = new AbortController();
  const run = { job, signal, report: () => {} };
  await cleanupDeliveriesHandler(services)(run, { daysToKeep: Number(job.payload.daysToKeep) });
}

function startCleanup(services: Services, caller: Caller, daysToKeep: number) {
  return startJob(services, caller, { kind: "CLEANUP_DELIVERIES", payload: { daysToKeep } });
}
