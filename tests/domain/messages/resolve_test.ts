import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import {
  listMessageAttempts,
  readAttemptGroups,
  readSeries,
} from "../../../src/domain/deliveries/analytics.ts";
import { delivered } from "../../../src/domain/deliveries/feedback.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import {
  readEffectiveness,
  readErrorTypes,
  readStats,
} from "../../../src/domain/deliveries/stats.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { listMessages } from "../../../src/domain/messages/list.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { type Resolution, resolveDeliveries } from "../../../src/domain/messages/resolve.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, readStatus, tally } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";

const DAY_MS = 24 * 60 * 60_000;
// Moves the attempts of a message to the day before.
const AGE = statement<[messageId: string]>(
  "test.ageAttempts",
  `with d as (update deliveries set last_attempt_at = last_attempt_at - interval '1 day'
     where message_id = $1),
   m as (update delivery_minutes set minute = minute - interval '1 day'
     where organization_id = (select organization_id from messages where id = $1))
   update delivery_stats set minute = minute - interval '1 day' where message_id = $1`,
);

onEveryMail("An UNKNOWN or confirmed delivery has no time of failure", async (mail) => {
  const { services, organization: { admin }, worker, startWorker, smtp, send } = mail;
  const replies = refusals(smtp);
  replies.refuse([1]);
  const { id } = await send({ to: { list: people(1) } });
  await worker.runQueued();
  replies.accept();
  const deliveryOf = async () => {
    const page = await listDeliveries(services, admin, { messageId: id }, "CREATED_ASC", {});
    const delivery = page.edges[0]?.node;
    return [delivery?.status, delivery?.failedAt !== null];
  };
  assert.deepEqual(await deliveryOf(), ["FAILED", true]);

  const hold = holdReplies(smtp);
  await retryDeliveries(services, admin, { filter: { messageId: id }, force: false });
  worker.start(await worker.claim());
  await hold.untilWaiting(1);
  await worker.loseLease();
  hold.disable();
  await worker.untilIdle();
  await (await startWorker()).runQueued();
  assert.deepEqual(await deliveryOf(), ["UNKNOWN", false]);
  await resolveDeliveries(services, admin, { filter: { messageId: id }, as: "SENT" });
  assert.deepEqual(await deliveryOf(), ["SENT", false]);
});

onEveryMail("resolveDeliveries() confirms or resends UNKNOWN deliveries", async (mail) => {
  const hold = holdReplies(mail.smtp);
  const { db, services, organization: { admin }, worker, startWorker, smtp, send } = mail;
  const { id } = await send({ to: { list: people(6) } });
  worker.start(await worker.claim());
  await hold.untilWaiting(3);
  await worker.loseLease();
  hold.disable();
  await worker.untilIdle();
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
  assert.deepEqual(await readErrorTypes(db, [id]), []);
  const failing = { withFailures: true };
  assert.deepEqual((await listMessages(services, admin, failing, "CREATED_ASC", {})).edges, []);
  const attempts = [{ attemptNumber: 1, sent: 4, failed: 2 }, {
    attemptNumber: 2,
    sent: 2,
    failed: 0,
  }];
  assert.deepEqual(
    await readEffectiveness(db, [id]),
    attempts.map((counts) => ({ messageId: id, ...counts })),
  );
  const period = { from: new Date(Date.now() - 600_000), to: new Date(Date.now() + 600_000) };
  const groups = await readAttemptGroups(services, admin, period);
  assert.deepEqual(
    groups.map(({ attempt, outcome, count }) => [attempt, outcome, count].join(" ")).sort(),
    [
      "1 SENT 4",
      "1 UNKNOWN 2",
      "2 SENT 2",
    ],
  );
  assert.equal(smtp.received.length, 8);
}, () => ({ window: 3 }));

onEveryMail("resolveDeliveries() as SENT makes a finished message SENT", async (mail) => {
  const hold = holdReplies(mail.smtp);
  const { db, services, organization: { admin }, worker, startWorker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  worker.start(await worker.claim());
  await hold.untilWaiting(1);
  await worker.loseLease();
  hold.disable();
  await worker.untilIdle();
  await (await startWorker()).runQueued();
  assert.equal(await readStatus(db, id), "FAILED");
  await resolveDeliveries(services, admin, { filter: { messageId: id }, as: "SENT" });
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail(
  "resolveDeliveries() by filter confirms deliveries of a cancelled message",
  async (mail) => {
    const hold = holdReplies(mail.smtp);
    const { db, services, organization: { admin }, worker, startWorker, send } = mail;
    const { id } = await send({ to: { list: people(2) } });
    worker.start(await worker.claim());
    await hold.untilWaiting(1);
    await worker.loseLease();
    await cancelMessage(services, admin, id);
    hold.disable();
    await worker.untilIdle();
    await (await startWorker()).runQueued();
    assert.deepEqual(tally(await statesOf(db, id)), { "UNKNOWN 1": 1, "PENDING 0": 1 });
    const resolve = (as: Resolution) =>
      resolveDeliveries(services, admin, { filter: { errorTypes: ["OTHER"] }, as });
    const { resolvedCount, refused } = await resolve("RESEND");
    assert.equal(resolvedCount, 0);
    assert.deepEqual(refused.map(({ reason }) => reason), ["Its message was cancelled"]);
    const sent = await resolve("SENT");
    assert.deepEqual([sent.resolvedCount, sent.refusedCount], [1, 0]);
    assert.deepEqual([await readStatus(db, id), (await readStats(db, [id])).get(id)?.sent], [
      "CANCELLED",
      1,
    ]);
  },
  () => ({ window: 1 }),
);

onEveryMail(
  "resolveDeliveries() as SENT counts the delivery on the day of its attempt",
  async (mail) => {
    const hold = holdReplies(mail.smtp);
    const { db, services, organization: { admin }, worker, startWorker, send } = mail;
    const { id } = await send({ to: { list: people(3) } });
    worker.start(await worker.claim());
    await hold.untilWaiting(2);
    await worker.loseLease();
    hold.disable();
    await worker.untilIdle();
    await (await startWorker()).runQueued();
    await db.run(AGE, id);
    const [first = "", second = ""] = await idsOf(mail, id);
    await resolveDeliveries(services, admin, { ids: [first], as: "SENT" });
    const feedback = [delivered(second)];
    await recordEvent(services, { source: "ses", id: "1", feedback });
    const tomorrow = Date.now() + DAY_MS;
    const period = { from: new Date(tomorrow - 3 * DAY_MS), to: new Date(tomorrow) };
    const points = await readSeries(services, admin, period, "DAY", "UTC");
    const days = points.filter(({ sent, failed }) => sent !== 0 || failed !== 0);
    assert.deepEqual(days.map(({ sent, failed }) => [sent, failed]), [[3, 0]]);
    const page = await listMessageAttempts(services, admin, period, {});
    assert.deepEqual(page.edges.map(({ node }) => node), [
      { id, sent: 3, failed: 0, suppressed: 0 },
    ]);
  },
  () => ({ window: 2 }),
);
