import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import {
  readEffectiveness,
  readErrorTypes,
  readStats,
} from "../../../src/domain/deliveries/stats.ts";
import { InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { cancelMessage, getMessage } from "../../../src/domain/messages/operations.ts";
import { resolveDeliveries, retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { createOrganization } from "../../support/callers.ts";
import { makeGate } from "../../support/gate.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { comeDue } from "../../support/mail_worker.ts";
import { people, readDeliveries, readStatus, readTries, tally } from "../../support/messages.ts";

const BATCHES = statement<
  [messageId: string],
  { number: number; round: number; size: number; waits: number }
>(
  "test.retryBatches",
  `select b.number, b.round, b.size,
     greatest(round(extract(epoch from j.run_at - b_now.now)), 0)::int as waits
   from batches b join jobs j on j.id = b.job_id, (select now()) b_now
   where message_id = $1 order by number`,
);

/** The server's answer by recipient, to be changed as the test goes on. */
let replies: Record<string, string> = {};
const answering = () => {
  replies = {};
  return { reject: (address: string) => replies[address] ?? null };
};
const address = (n: number) => `person${n}@example.net`;

/** Refuses these from now on. */
function refuse(numbers: readonly number[], reply = "451 4.3.0 Try again"): void {
  for (const n of numbers) replies[address(n)] = reply;
}

async function idsOf({ services, organization: { admin } }: TestMail, messageId: string) {
  const { edges } = await listDeliveries(services, admin, { messageId }, "CREATED_ASC", {});
  return edges.map(({ node }) => node.id);
}

async function statesOf(db: Database, messageId: string): Promise<string[]> {
  return (await readDeliveries(db, messageId)).map(({ status, attempt }) => `${status} ${attempt}`);
}

onEveryMail("retryDeliveries() sends what failed again, in new batches", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  refuse([2, 150]);
  refuse([3], "550 5.1.1 No such user");
  const { id } = await send({ to: { list: people(250) } });
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  assert.equal((await readStats(db, [id])).get(id)?.retryable, 2);

  replies = {};
  const result = await retryDeliveries(services, admin, {
    filter: { messageId: id },
    force: false,
  });
  assert.deepEqual(
    [result.queuedCount, result.batchCount, result.startNumber, result.refusedCount],
    [2, 1, 4, 1],
  );
  const [refused] = result.refused;
  assert.equal(refused?.delivery.address, address(3));
  assert.match(refused?.reason ?? "", /INVALID_RECIPIENT/);
  const [message] = result.messages;
  assert.deepEqual([message?.status, message?.retryRounds], ["SENDING", 1]);
  assert.equal(message?.finishedAt, null);

  await worker.runQueued();
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  assert.deepEqual(await db.run(BATCHES, id), [
    { number: 1, round: 1, size: 100, waits: 0 },
    { number: 2, round: 1, size: 100, waits: 0 },
    { number: 3, round: 1, size: 50, waits: 0 },
    { number: 4, round: 2, size: 2, waits: 0 },
  ]);
  assert.deepEqual(tally(await statesOf(db, id)), { "SENT 1": 247, "SENT 2": 2, "FAILED 1": 1 });
  assert.deepEqual(await readErrorTypes(db, [id]), [
    { messageId: id, errorType: "INVALID_RECIPIENT", count: 1, retryable: 0 },
  ]);
  assert.deepEqual(await readEffectiveness(db, [id]), [
    { messageId: id, attemptNumber: 1, sent: 247, failed: 3 },
    { messageId: id, attemptNumber: 2, sent: 2, failed: 0 },
  ]);
}, answering);

onEveryMail("retryDeliveries() by ids says of each why it was left", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  refuse([1, 2]);
  refuse([3], "550 5.1.1 No such user");
  const { id } = await send({
    to: { list: people(4) },
    retry: { mode: "MANUAL", maxAttempts: 2 },
  });
  await worker.runQueued();
  const ids = await idsOf(mail, id);
  const retry = (force = false) => retryDeliveries(services, admin, { ids, force });

  const first = await retry();
  assert.equal(first.queuedCount, 2);
  assert.deepEqual(first.refused.map(({ delivery }) => delivery.n), [3, 4]);
  const waiting = await retry(true);
  assert.equal(waiting.queuedCount, 1, "force allows another attempt at what cannot be mended");
  assert.deepEqual(waiting.refused.map(({ reason }) => reason), [
    "It waits to be sent already",
    "It waits to be sent already",
    "It was sent",
  ]);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 2", "FAILED 2", "FAILED 2", "SENT 1"]);
  const usedUp = await retry();
  assert.equal(usedUp.queuedCount, 0);
  assert.match(usedUp.refused[0]?.reason ?? "", /used up its 2 attempts/);
  assert.equal((await retry(true)).queuedCount, 3);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 3", "FAILED 3", "FAILED 3", "SENT 1"]);

  await cancelledIsLeft(mail);
}, answering);

async function cancelledIsLeft(mail: TestMail): Promise<void> {
  const { services, organization: { admin }, worker, send } = mail;
  const { id } = await send({ to: { list: people(250) } });
  worker.start(await worker.claim(1));
  await worker.rest();
  await cancelMessage(services, admin, id);
  await worker.runQueued();
  const [first] = await idsOf(mail, id);
  const left = await retryDeliveries(services, admin, { ids: [first ?? ""], force: true });
  assert.deepEqual(left.refused.map(({ reason }) => reason), ["Its message was cancelled"]);
}

onEveryMail("retryDeliveries() refuses bad input and queues nothing", async (mail) => {
  const { db, services, organization: { admin, member }, worker, send } = mail;
  refuse([1]);
  const { id } = await send({ to: { list: people(1) } });
  await worker.runQueued();
  const ids = await idsOf(mail, id);
  const foreign = (await createOrganization(db)).admin;
  const filter = { messageId: id };
  for (
    const [input, path] of [
      [{}, "ids"],
      [{ ids: [] }, "ids"],
      [{ filter: {} }, "filter"],
      [{ filter: { messageId: null } }, "filter"],
      [{ ids, filter }, "filter"],
      [{ filter, force: true }, "force"],
      [{ ids: Array.from({ length: 1_001 }, newId) }, "ids"],
    ] as const
  ) {
    await assert.rejects(retryDeliveries(services, admin, { force: false, ...input }), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(error.issues.map((issue) => issue.path), [[path]]);
      return true;
    });
  }
  const stranger = newId();
  await assert.rejects(
    retryDeliveries(services, admin, { ids: [...ids, stranger], force: true }),
    (error) => error instanceof NotFoundError && error.ids.length === 1,
  );
  for (const caller of [foreign, member]) {
    await assert.rejects(retryDeliveries(services, caller, { ids, force: false }), NotFoundError);
    await assert.rejects(
      retryDeliveries(services, caller, { filter, force: false }),
      NotFoundError,
    );
    const errorTypes = ["NETWORK", "RATE_LIMIT"] as const;
    const others = await retryDeliveries(services, caller, {
      filter: { errorTypes },
      force: false,
    });
    assert.equal(others.queuedCount, 0);
  }
  assert.equal(await readStatus(db, id), "FAILED");
  assert.deepEqual(await statesOf(db, id), ["FAILED 1"]);
}, answering);

onEveryMail("a retry waits as long as the provider asked, and holds up no others", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  refuse([1], "451 4.3.0 Try again in 600 seconds");
  refuse([2, 3]);
  const { id } = await send({ to: { list: people(3) } });
  await worker.runQueued();
  const { batchCount } = await retryDeliveries(services, admin, {
    filter: { messageId: id },
    force: false,
  });
  assert.equal(batchCount, 2);
  replies = {};
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["PENDING 1", "SENT 2", "SENT 2"]);
  const waits = (await db.run(BATCHES, id)).map(({ waits }) => waits);
  assert.deepEqual(waits.slice(0, 2), [0, 0]);
  assert((waits[2] ?? 0) > 500);
  assert.equal(await readStatus(db, id), "SENDING");
  await comeDue(services);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
}, answering);

let throttled = true;
onEveryMail("a throttled recipient keeps its patience in the next round", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  const runTimes = async (times: number) => {
    for (let time = 0; time < times; time++) {
      await worker.runQueued();
      await comeDue(services);
    }
  };
  await runTimes(11);
  assert.deepEqual(await statesOf(db, id), ["FAILED 1"]);
  await retryDeliveries(services, admin, { filter: { messageId: id }, force: false });
  await runTimes(3);
  assert.deepEqual(await statesOf(db, id), ["PENDING 1"]);
  throttled = false;
  await runTimes(1);
  assert.deepEqual(await statesOf(db, id), ["SENT 2"]);
  assert.equal((await readTries(db, id, 1)).length, 15);
}, () => {
  throttled = true;
  return { reject: () => throttled ? "450 4.7.1 Greylisted" : null };
});

onEveryMail("AUTO tries again at once, until no attempt is left", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  refuse([1, 2]);
  refuse([3], "550 5.1.1 No such user");
  const { id } = await send({ to: { list: people(4) }, retry: { mode: "AUTO", maxAttempts: 3 } });
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 3", "FAILED 3", "FAILED 1", "SENT 1"]);
  const { status, retryRounds } = await getMessage(services, admin, id);
  assert.deepEqual([status, retryRounds], ["PARTIALLY_SENT", 2]);
}, answering);

onPostgresMail("of 20 retries at once each recipient is queued by one", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  const failing = Array.from({ length: 250 }, (_, index) => index + 1);
  refuse(failing);
  const { id } = await send({ to: { list: people(300) } });
  await worker.runQueued();
  replies = {};
  const ids = await idsOf(mail, id);
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      retryDeliveries(
        services,
        admin,
        index % 2 ? { ids, force: true } : { filter: { messageId: id }, force: false },
      )),
  );
  assert.equal(answers.reduce((sum, { queuedCount }) => sum + queuedCount, 0), 250);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  assert.equal(smtp.received.length, 300);
}, answering);

let gate = makeGate();

onEveryMail("a person decides what became UNKNOWN", async (mail) => {
  const { db, services, organization: { admin }, worker, startWorker, smtp, send } = mail;
  const { id } = await send({ to: { list: people(6) } });
  worker.start(await worker.claim());
  await gate.filled(3);
  await worker.die();
  gate.open();
  await worker.rest();
  const other = await startWorker();
  await other.runQueued();
  assert.deepEqual(tally(await statesOf(db, id)), { "UNKNOWN 1": 3, "SENT 1": 3 });
  const retried = await retryDeliveries(services, admin, {
    filter: { messageId: id },
    force: false,
  });
  assert.deepEqual([retried.queuedCount, retried.refusedCount], [0, 3]);
  assert.match(retried.refused[0]?.reason ?? "", /resolveDeliveries/);

  const ids = await idsOf(mail, id);
  const [first, , , sent] = ids;
  const arrived = await resolveDeliveries(services, admin, {
    ids: [first ?? "", sent ?? ""],
    as: "SENT",
  });
  assert.deepEqual([arrived.resolvedCount, arrived.refusedCount], [1, 1]);
  assert.equal((await readStats(db, [id])).get(id)?.unknown, 2);
  const again = await resolveDeliveries(services, admin, {
    filter: { messageId: id },
    as: "RESEND",
  });
  assert.deepEqual([again.resolvedCount, again.messages[0]?.status], [2, "SENDING"]);
  await other.runQueued();
  assert.deepEqual(await statesOf(db, id), [
    "SENT 1",
    "SENT 2",
    "SENT 2",
    "SENT 1",
    "SENT 1",
    "SENT 1",
  ]);
  assert.equal(await readStatus(db, id), "SENT");
  const stats = (await readStats(db, [id])).get(id);
  assert.deepEqual([stats?.sent, stats?.unknown], [6, 0]);
  assert.equal(smtp.received.length, 8);
}, () => {
  gate = makeGate();
  return { window: 3, beforeReply: (address) => gate.pass(address) };
});

onEveryMail("what arrived after all makes a message SENT", async (mail) => {
  const { db, services, organization: { admin }, worker, startWorker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  worker.start(await worker.claim());
  await gate.filled(1);
  await worker.die();
  gate.open();
  await worker.rest();
  await (await startWorker()).runQueued();
  assert.equal(await readStatus(db, id), "FAILED");
  await resolveDeliveries(services, admin, { filter: { messageId: id }, as: "SENT" });
  assert.equal(await readStatus(db, id), "SENT");
}, () => {
  gate = makeGate();
  return { beforeReply: (address) => gate.pass(address) };
});
