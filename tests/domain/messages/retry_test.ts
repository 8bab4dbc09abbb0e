import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import {
  readEffectiveness,
  readErrorTypes,
  readStats,
} from "../../../src/domain/deliveries/stats.ts";
import { InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { addSuppressions, removeSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { listSuppressions } from "../../../src/domain/suppressions/list.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { messageInput, people, readStatus, tally } from "../../support/messages.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";

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

const ADD_FAILED = statement<[messageId: string, count: number]>(
  "test.addRefused",
  `insert into deliveries (organization_id, message_id, n, address, status, error_type, retryable,
     attempt)
   select organization_id, id, n, n || '@example.net', 'FAILED',
     case n % 3 when 0 then 'NETWORK' else 'PERMISSION' end, n % 3 = 0,
     case n % 3 when 0 then 3 else 1 end
   from messages, generate_series(2, $2 + 1) n where id = $1`,
);

onEveryMail("retryDeliveries() sends failed deliveries again, in new batches", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin }, worker, send } = mail;
  replies.refuse([2, 150]);
  replies.refuse([3], "550 5.1.1 No such user");
  const { id } = await send({ to: { list: people(250) } });
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  assert.equal((await readStats(db, [id])).get(id)?.retryable, 2);

  replies.accept();
  const result = await retryDeliveries(services, admin, {
    filter: { messageId: id },
    force: false,
  });
  assert.deepEqual(
    [result.queuedCount, result.batchCount, result.startNumber, result.refusedCount],
    [2, 1, 4, 1],
  );
  const [refused] = result.refused;
  assert.equal(refused?.delivery.address, "person3@example.net");
  assert.match(refused?.reason ?? "", /INVALID_RECIPIENT/);
  assert.deepEqual(result.skipped, [{ reason: refused?.reason, count: 1 }]);
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
});

onEveryMail("retryDeliveries() by ids gives a reason for each refused delivery", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin }, worker, send } = mail;
  replies.refuse([1, 2]);
  replies.refuse([3], "550 5.1.1 No such user");
  const { id } = await send({
    to: { list: people(4) },
    retry: { mode: "MANUAL", maxAttempts: 2 },
  });
  await worker.runQueued();
  const ids = await idsOf(mail, id);
  const retry = (force = false) => retryDeliveries(services, admin, { ids, force });

  const first = await retry();
  assert.equal(first.queuedCount, 2);
  assert.deepEqual(first.refused.map(({ delivery }) => delivery.position), [3, 4]);
  const waiting = await retry(true);
  assert.equal(waiting.queuedCount, 1, "force retries a permanent failure");
  assert.deepEqual(waiting.refused.map(({ reason }) => reason), [
    "It is waiting to be sent already",
    "It is waiting to be sent already",
    "It was sent",
  ]);
  await worker.runQueued();
  // The third address was listed when it was refused.
  assert.deepEqual(await statesOf(db, id), ["FAILED 2", "FAILED 2", "SUPPRESSED 1", "SENT 1"]);
  const usedUp = await retry();
  assert.equal(usedUp.queuedCount, 0);
  assert.match(usedUp.refused[0]?.reason ?? "", /used all of its 2 attempts/);
  assert.equal((await retry(true)).queuedCount, 3);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 3", "FAILED 3", "SUPPRESSED 1", "SENT 1"]);

  await assertRefusedAfterCancel(mail);
});

async function assertRefusedAfterCancel(mail: TestMail): Promise<void> {
  const { services, organization: { admin }, worker, send } = mail;
  const { id } = await send({ to: { list: people(250) } });
  worker.start(await worker.claim(1));
  await worker.untilIdle();
  await cancelMessage(services, admin, id);
  await worker.runQueued();
  const [first] = await idsOf(mail, id);
  const byId = await retryDeliveries(services, admin, { ids: [first ?? ""], force: true });
  assert.deepEqual(byId.refused.map(({ reason }) => reason), ["Its message was cancelled"]);
  const byFilter = await retryDeliveries(services, admin, {
    filter: { errorTypes: ["NETWORK"], search: "person1@" },
    force: false,
  });
  assert.ok(
    byFilter.refused.some(({ delivery, reason }) =>
      delivery.id === first && reason === "Its message was cancelled"
    ),
  );
}

onEveryMail(
  "retryDeliveries() retries a SUPPRESSED delivery only with force, and sends it once it is not listed",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp, send } = mail;
    await addSuppressions(services, admin, {
      channel: "EMAIL",
      addresses: ["person1@example.net"],
    });
    const { id } = await send({ to: { list: people(1) } });
    await worker.runQueued();
    const ids = await idsOf(mail, id);
    const { refused: [suppressed] } = await retryDeliveries(services, admin, { ids, force: false });
    const reason = "Its address was on the suppression list (MANUAL): remove it with " +
      "removeSuppressions, then retry the delivery by its id with force";
    assert.equal(suppressed?.reason, reason);
    const byFilter = await retryDeliveries(services, admin, {
      filter: { messageId: id },
      force: false,
    });
    assert.deepEqual(byFilter.refused.map(({ reason }) => reason), [reason]);
    assert.equal(byFilter.queuedCount, 0);
    const forced = await retryDeliveries(services, admin, { ids, force: true });
    assert.deepEqual(forced.messages.map(({ status }) => status), ["SENDING"]);
    assert.deepEqual(await statesOf(db, id), ["PENDING 0"]);
    assert.equal((await readStats(db, [id])).get(id)?.suppressed, 0);
    await worker.runQueued();
    assert.equal(smtp.received.length, 0, "force does not override the suppression list");
    assert.deepEqual(await statesOf(db, id), ["SUPPRESSED 0"]);
    assert.equal(await readStatus(db, id), "SENT");

    const { edges: [listed] } = await listSuppressions(services, admin, {}, {});
    await removeSuppressions(services, admin, [listed?.node.id ?? ""]);
    await retryDeliveries(services, admin, { ids, force: true });
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
  },
);

onEveryMail("retryDeliveries() refuses invalid input and queues nothing", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin, member }, worker, send } = mail;
  replies.refuse([1]);
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
      [{ filter: { search: "" } }, "filter.search"],
      [{ filter: { search: " \0 " } }, "filter.search"],
      [{ filter: { ...filter, search: "" } }, "filter.search"],
      [{ ids, filter }, "filter"],
      [{ filter, force: true }, "force"],
      [{ ids: Array.from({ length: 1_001 }, newId) }, "ids"],
    ] as const
  ) {
    await assert.rejects(retryDeliveries(services, admin, { force: false, ...input }), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.deepEqual(error.issues.map((issue) => issue.path.join(".")), [path]);
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
});

onEveryDatabase("retryDeliveries() counts all refused deliveries by reason", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const { message: { id } } = await sendMessage(services, admin, messageInput());
  await db.run(ADD_FAILED, id, 1_500);
  const filter = { messageId: id };
  const result = await retryDeliveries(services, admin, { filter, force: false });
  assert.deepEqual([result.refused.length, result.refusedCount], [1_000, 1_500]);
  assert.deepEqual(
    result.skipped.map(({ reason, count }) => [reason.match(/used all|PERMISSION/)?.[0], count]),
    [["PERMISSION", 1_000], ["used all", 500]],
  );
  await services.bus.close();
});
