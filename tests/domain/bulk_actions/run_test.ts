// The job of a bulk action: its claims, its rate, and its end by another hand.
import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { stepBulkAction, takeBulkAction } from "../../../src/domain/bulk_actions/step.ts";
import { pruneBulkActions } from "../../../src/domain/bulk_actions/prune.ts";
import { sweepBulkActions } from "../../../src/domain/bulk_actions/sweep.ts";
import { abortBulkAction } from "../../../src/domain/bulk_actions/abort.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { readAction, runAction, startAction } from "../../support/bulk_actions.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { makeDue } from "../../support/mail_worker.ts";
import { messageInput, people, tally } from "../../support/messages.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";

const AGE_PACE = statement<[id: string, seconds: number]>(
  "test.agePace",
  `update bulk_actions set paced_at = now() - $2 * interval '1 second' where id = $1`,
);
const FAIL_JOB = statement<[id: string]>(
  "test.failJob",
  `update jobs set status = 'FAILED', finished_at = now(),
     error = '{"type": "INTERNAL", "code": null, "message": "A bug"}' where id = $1`,
);
const AGE = statement<[id: string]>(
  "test.ageAction",
  "update bulk_actions set finished_at = now() - interval '91 days' where id = $1",
);
const ADD_FAILED = statement<[messageId: string, count: number]>(
  "test.addFailed",
  `insert into deliveries (organization_id, message_id, n, address, status, error_type, retryable)
   select organization_id, id, n, n || '@example.net', 'FAILED', 'NETWORK', true
   from messages, generate_series(2, $2 + 1) n where id = $1`,
);
const COUNT_ROWS = statement<[], { actions: number; items: number; open: number }>(
  "test.countActions",
  `select (select count(*) from bulk_actions) as actions, count(*) as items,
     count(*) filter (where state in ('SELECTED', 'ACTED')) as open from bulk_action_items`,
);

/** Sends a message to people whose mails are all refused at first. */
async function sendFailing(mail: TestMail, count: number): Promise<string> {
  const replies = refusals(mail.smtp);
  replies.refuse(people(count).map((_, index) => index + 1));
  const { id } = await mail.send({ to: { list: people(count) } });
  await mail.worker.runQueued();
  replies.accept();
  return id;
}

onEveryDatabase("A selection of several pages has each delivery once", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { admin } = await createOrganization(db);
  const { message: { id: messageId } } = await sendMessage(services, admin, messageInput());
  await db.run(ADD_FAILED, messageId, 12_000);
  for (const filter of [{ messageId }, { retryable: true }]) {
    const target = { action: "RETRY", deliveries: { filter } } as const;
    const { id, jobId } = await startAction(services, admin, target);
    const claim = { id: jobId, fence: 1, actionId: id };
    await takeBulkAction(services, claim);
    let step = await stepBulkAction(services, claim);
    while (step?.action.selecting) step = await stepBulkAction(services, claim);
    assert.deepEqual([step?.action.total, step?.action.skipped], [12_000, {}]);
    await abortBulkAction(services, admin, id);
    while (await stepBulkAction(services, claim));
  }
  await services.bus.close();
});

onEveryMail("Steps of an earlier claim change nothing", async (mail) => {
  const { db, services, organization: { admin } } = mail;
  const messageId = await sendFailing(mail, 6);
  const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
  const { id, jobId } = await startAction(services, admin, target, { stages: [] });
  const earlier = { id: jobId, fence: 1, actionId: id };
  const later = { ...earlier, fence: 2 };
  assert.equal(await takeBulkAction(services, earlier), true);
  assert.equal((await stepBulkAction(services, earlier))?.action.total, 6);
  assert.equal(await takeBulkAction(services, later), true);
  assert.equal(await stepBulkAction(services, earlier), null);
  assert.equal(await takeBulkAction(services, earlier), false);
  assert.equal((await stepBulkAction(services, later))?.action.inProgress, 6);
  assert.deepEqual(tally(await statesOf(db, messageId)), { "PENDING 1": 6 });
});

onEveryMail("A worker that loses its lease between two steps repeats none", async (mail) => {
  const { db, services, organization: { admin }, worker, startWorker, smtp } = mail;
  const messageId = await sendFailing(mail, 12);
  const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
  const { id } = await startAction(services, admin, target, { stages: [4] });
  const [claim] = await worker.claim();
  assert.ok(claim);
  await takeBulkAction(services, { ...claim, actionId: id });
  await stepBulkAction(services, { ...claim, actionId: id });
  await stepBulkAction(services, { ...claim, actionId: id });
  await worker.loseLease();
  const action = await runAction({ services, worker: await startWorker() }, id);
  assert.deepEqual([action.state, action.done, action.failedAgain], ["FINISHED", 12, 0]);
  assert.deepEqual(action.skipped, {});
  assert.deepEqual(tally(await statesOf(db, messageId)), { "SENT 2": 12 });
  assert.equal(smtp.received.length, 12);
});

onEveryMail("perSecond limits the items, also over several runs of the job", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const messageId = await sendFailing(mail, 5);
  const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
  const limits = { stages: [], perSecond: 0.01 };
  const { id } = await startAction(services, admin, target, limits);
  const acted = async (seconds: number) => {
    await db.run(AGE_PACE, id, seconds);
    await makeDue(services);
    await worker.runQueued();
    return (await readAction(services, id)).actedThrough;
  };
  assert.equal(await acted(0), 0);
  assert.equal(await acted(105), 1);
  // Time in which the rate was not used is not saved up.
  assert.equal(await acted(100_000), 2);
});

onEveryMail(
  "An action whose job was cancelled or failed ends and releases its items",
  async (mail) => {
    const { db, services, organization: { admin }, worker } = mail;
    const messageId = await sendFailing(mail, 6);
    const ids = await idsOf(mail, messageId);
    const start = async (from: number, to: number) => {
      const target = { action: "RETRY", deliveries: { ids: ids.slice(from, to) } } as const;
      const action = await startAction(services, admin, target, { perSecond: 0.01 });
      await worker.runQueued();
      return action;
    };
    const cancelled = await start(0, 3);
    await cancelJob(services, admin, cancelled.jobId);
    const failed = await start(3, 6);
    await db.run(FAIL_JOB, failed.jobId);
    assert.deepEqual(await db.run(COUNT_ROWS), [{ actions: 2, items: 6, open: 6 }]);
    await sweepBulkActions(services);
    const one = await readAction(services, cancelled.id);
    assert.deepEqual([one.state, one.error], ["ABORTED", null]);
    const other = await readAction(services, failed.id);
    assert.deepEqual([other.state, other.error], ["STOPPED", {
      type: "JOB_FAILED",
      code: null,
      message: "A bug",
    }]);
    assert.ok(one.finishedAt && other.finishedAt);
    assert.deepEqual(await db.run(COUNT_ROWS), [{ actions: 2, items: 0, open: 0 }]);
  },
);

onEveryMail("A finished action is deleted after 90 days", async (mail) => {
  const { db, services, organization: { admin } } = mail;
  const messageId = await sendFailing(mail, 2);
  const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
  const { id } = await startAction(services, admin, target);
  await runAction(mail, id);
  await pruneBulkActions(services, null);
  assert.deepEqual(await db.run(COUNT_ROWS), [{ actions: 1, items: 2, open: 0 }]);
  await db.run(AGE, id);
  await pruneBulkActions(services, null);
  assert.deepEqual(await db.run(COUNT_ROWS), [{ actions: 0, items: 0, open: 0 }]);
});
