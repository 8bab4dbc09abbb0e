import assert from "node:assert/strict";
import { abortBulkAction } from "../../../src/domain/bulk_actions/abort.ts";
import { previewBulkAction } from "../../../src/domain/bulk_actions/preview.ts";
import { ConflictError } from "../../../src/domain/errors.ts";
import { findJobs } from "../../../src/domain/jobs/find.ts";
import { readAction, runAction, startAction } from "../../support/bulk_actions.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, tally } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";

const everybody = (count: number) => Array.from({ length: count }, (_, index) => index + 1);

onEveryMail(
  "A staged retry stops after a stage in which too many items fail again",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    const replies = refusals(mail.smtp);
    replies.refuse(everybody(70));
    const { id: messageId } = await send({ to: { list: people(70) } });
    await worker.runQueued();

    replies.accept();
    replies.refuse([3, 4, 5, ...everybody(70).slice(6)]);
    const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
    const { id } = await startAction(services, admin, target, { stopAtFailedFraction: 0.55 });
    const action = await runAction(mail, id);
    assert.deepEqual(
      [action.state, action.error?.type, action.stage, action.total],
      ["STOPPED", "TOO_MANY_FAILED", 2, 70],
    );
    const message = "3 of 5 items of stage 2 failed again, more than the limit of 55 %";
    assert.equal(action.error?.message, message);
    assert.deepEqual([action.done, action.failedAgain, action.inProgress], [3, 3, 0]);
    assert.deepEqual(tally(await statesOf(db, messageId)), {
      "SENT 2": 3,
      "FAILED 2": 3,
      "FAILED 1": 64,
    });
    const [job] = await findJobs(db, [action.jobId]);
    assert.equal(job?.status, "COMPLETED");

    // The items that it has not acted on can be selected again.
    replies.accept();
    const { id: nextId } = await startAction(services, admin, target);
    const next = await runAction(mail, nextId);
    assert.deepEqual([next.state, next.stage, next.total, next.done], ["FINISHED", 4, 67, 67]);
    assert.deepEqual(next.skipped, {});
  },
);

onEveryMail("A retry skips what cannot be retried, as its preview counts it", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse(everybody(8));
  replies.refuse([2, 3], "550 5.7.1 Not from you");
  const { id: messageId } = await send({ to: { list: people(10) } });
  await worker.runQueued();
  replies.accept();

  const byFilter = {
    action: "RETRY",
    force: false,
    deliveries: { filter: { messageId } },
  } as const;
  const reason = "Another attempt is not expected to succeed after PERMISSION: retry it by " +
    "its id with force";
  assert.deepEqual(await previewBulkAction(services, admin, byFilter), {
    count: 6,
    skipped: [{ reason, count: 2 }],
    complete: true,
  });
  const ids = await idsOf(mail, messageId);
  const byIds = { action: "RETRY", force: true, deliveries: { ids } } as const;
  assert.deepEqual(await previewBulkAction(services, admin, byIds), {
    count: 8,
    skipped: [{ reason: "It was sent", count: 2 }],
    complete: true,
  });

  const { id } = await startAction(services, admin, byFilter, { stages: [] });
  const action = await runAction(mail, id);
  assert.deepEqual([action.state, action.stage, action.total], ["FINISHED", 1, 8]);
  assert.deepEqual([action.done, action.failedAgain, action.skipped], [6, 0, { [reason]: 2 }]);
  const forced = await startAction(services, admin, byIds);
  const { done, skipped } = await runAction(mail, forced.id);
  assert.deepEqual([done, skipped], [2, { "It was sent": 8 }]);
  assert.deepEqual(tally(await statesOf(db, messageId)), { "SENT 1": 2, "SENT 2": 8 });
});

onEveryMail("An aborted action ends the items in progress and leaves the others", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp, send } = mail;
  const replies = refusals(smtp);
  replies.refuse(everybody(20));
  const { id: messageId } = await send({ to: { list: people(20) } });
  await worker.runQueued();
  replies.accept();

  const hold = holdReplies(smtp);
  const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
  const { id, jobId } = await startAction(services, admin, target, { stages: [3] });
  worker.start(await worker.claim());
  await worker.untilIdle();
  worker.start(await worker.claim());
  await hold.untilWaiting(3);
  const aborted = await abortBulkAction(services, admin, id);
  assert.deepEqual([aborted.state, aborted.inProgress, aborted.finishedAt], ["ABORTED", 3, null]);
  await assert.rejects(abortBulkAction(services, admin, id), (error) => {
    assert.ok(error instanceof ConflictError);
    return /Cannot abort bulk action blk_\w+: state is ABORTED/.test(error.message);
  });

  hold.disable();
  await worker.untilIdle();
  const action = await runAction(mail, id);
  assert.deepEqual([action.state, action.total, action.done], ["ABORTED", 20, 3]);
  assert.deepEqual(tally(await statesOf(db, messageId)), { "SENT 2": 3, "FAILED 1": 17 });
  assert.equal((await findJobs(db, [jobId]))[0]?.status, "COMPLETED");
}, () => ({ window: 3 }));

onEveryMail("A delivery that fails after the start is not selected", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse([1, 2]);
  const { id: messageId } = await send({ to: { list: people(1) } });
  const { id: laterId } = await send({ to: { list: people(2) } });
  const [batch, later] = await worker.claim();
  assert.ok(batch && later);
  worker.start([batch]);
  await worker.untilIdle();
  const filter = { errorTypes: ["RATE_LIMIT", "NETWORK", "OTHER"] } as const;
  const { id } = await startAction(services, admin, { action: "RETRY", deliveries: { filter } });
  worker.start([later]);
  await worker.untilIdle();
  assert.deepEqual(await statesOf(db, laterId), ["FAILED 1", "FAILED 1"]);

  replies.accept();
  const action = await runAction(mail, id);
  assert.deepEqual([action.state, action.total, action.done], ["FINISHED", 1, 1]);
  assert.deepEqual(await statesOf(db, messageId), ["SENT 2"]);
  assert.deepEqual(await statesOf(db, laterId), ["FAILED 1", "FAILED 1"]);
});

onEveryMail("A delivery is in one unfinished action only", async (mail) => {
  const { db, services, organization: { admin }, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse(everybody(4));
  const { id: messageId } = await send({ to: { list: people(4) } });
  await worker.runQueued();
  const [first = "", second = "", third = "", fourth = ""] = await idsOf(mail, messageId);
  const retry = (ids: string[]) =>
    startAction(services, admin, { action: "RETRY", deliveries: { ids } }, { stages: [1] });

  const one = await retry([first, second, third]);
  await worker.runQueued();
  assert.equal((await readAction(services, one.id)).total, 3);
  replies.accept();
  const two = await retry([second, third, fourth]);
  const ended = await runAction(mail, two.id);
  assert.deepEqual([ended.total, ended.done, ended.skipped], [3, 1, {
    "Another bulk action has selected it and has not finished": 2,
  }]);
  // The first item of the first action has failed again before the server accepted.
  const { state, failedAgain } = await runAction(mail, one.id);
  assert.deepEqual([state, failedAgain], ["STOPPED", 1]);
  assert.deepEqual(await statesOf(db, messageId), ["FAILED 2", "FAILED 1", "FAILED 1", "SENT 2"]);
  const three = await runAction(mail, (await retry([second, third])).id);
  assert.deepEqual([three.done, three.skipped], [2, {}]);
});

onEveryMail("A retry that waits for its automatic attempt has failed again", async (mail) => {
  const { services, organization: { admin }, worker, send } = mail;
  refusals(mail.smtp).refuse([1, 2]);
  const retry = { mode: "AUTO", maxAttempts: 5 } as const;
  const { id: messageId } = await send({ to: { list: people(2) }, retry });
  worker.start(await worker.claim());
  await worker.untilIdle();
  const ids = await idsOf(mail, messageId);
  const { id } = await startAction(services, admin, { action: "RETRY", deliveries: { ids } });
  const action = await runAction(mail, id);
  assert.deepEqual([action.state, action.done, action.failedAgain], ["STOPPED", 0, 1]);
});

onEveryMail("RESOLVE_SENT and RESEND act on UNKNOWN deliveries", async (mail) => {
  const { db, services, organization: { admin }, worker, startWorker, smtp, send } = mail;
  const hold = holdReplies(smtp);
  const { id: messageId } = await send({ to: { list: people(4) } });
  worker.start(await worker.claim());
  await hold.untilWaiting(3);
  await worker.loseLease();
  hold.disable();
  await worker.untilIdle();
  const other = await startWorker();
  await other.runQueued();
  assert.deepEqual(tally(await statesOf(db, messageId)), { "UNKNOWN 1": 3, "SENT 1": 1 });

  const [first = "", , , last = ""] = await idsOf(mail, messageId);
  const confirm = { action: "RESOLVE_SENT", deliveries: { ids: [first, last] } } as const;
  const confirmed = await startAction(services, admin, confirm);
  const running = { services, worker: other };
  const { done, skipped } = await runAction(running, confirmed.id);
  assert.deepEqual([done, skipped], [1, { "No decision is needed: its status is SENT": 1 }]);
  const resend = { action: "RESEND", deliveries: { filter: { messageId } } } as const;
  const resent = await runAction(running, (await startAction(services, admin, resend)).id);
  assert.deepEqual([resent.state, resent.total, resent.done], ["FINISHED", 2, 2]);
  assert.deepEqual(tally(await statesOf(db, messageId)), { "SENT 1": 2, "SENT 2": 2 });
}, () => ({ window: 3 }));
