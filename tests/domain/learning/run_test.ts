import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { updateBudget } from "../../../src/domain/ai_usage/update_budget.ts";
import { listLearnableEmails } from "../../../src/domain/emails/learnable.ts";
import { eraseUserRows } from "../../../src/domain/erasure/erase_user.ts";
import { ConflictError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { getJob } from "../../../src/domain/jobs/find.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { readJobWaits } from "../../../src/domain/jobs/read_waits.ts";
import { styleOf } from "../../../src/domain/knowledge/style.ts";
import { countLearnedEmails } from "../../../src/domain/learning/count_emails.ts";
import { estimateLearning } from "../../../src/domain/learning/estimate.ts";
import { listFailures, listRuns } from "../../../src/domain/learning/find.ts";
import { pruneLearning } from "../../../src/domain/learning/prune.ts";
import { retryLearningRun, startEmailLearning } from "../../../src/domain/learning/start.ts";
import { closeEndedRuns } from "../../../src/domain/learning/turn.ts";
import { newEmail, parsedMail } from "../../support/emails.ts";
import { storeEmails } from "../../../src/domain/emails/store.ts";
import { issuesOf } from "../../support/issues.ts";
import { addSentEmails, onEveryLearning, subjectsOf, teach } from "../../support/learning.ts";
import { makeDue } from "../../support/mail_worker.ts";
import { holdAnswers } from "../../support/model_server.ts";
import { notificationsOf } from "../../support/notifications.ts";

const INPUT = { relearn: false, priority: 0 };

const READ_FACTS = statement<[], { answer: string; count: number }>(
  "test.readFacts",
  `select answer, evidence_count as count from facts`,
);
const AGE_RUNS = statement<[]>(
  "test.ageLearningRuns",
  "update learning_runs set created_at = now() - interval '91 days'",
);

onEveryLearning("a run learns all sent mails in batches of 10, once", {}, async (given) => {
  const { db, services, organization, worker, model, start, read } = given;
  await addSentEmails(db, organization.id, 23);
  const { run, job, created } = await start();
  assert.deepEqual([created, run.status, run.total], [true, "QUEUED", 0]);
  const filter = { active: true, subjectId: toTypeId("learningRun", run.id) };
  const active = await listJobs(services, organization.admin, filter, "CREATED_DESC", {});
  assert.deepEqual(active.edges.map(({ node }) => node.id), [job.id]);
  await worker.runQueued();

  const ended = await read(run);
  assert.deepEqual(
    [ended.status, ended.total, ended.succeeded, ended.failed, ended.skipped, ended.newFactCount],
    ["COMPLETED", 23, 23, 0, 0, 1],
  );
  assert.ok(ended.finishedAt);
  const asked = model.asks.map(subjectsOf);
  assert.deepEqual(asked.map((subjects) => subjects.length).toSorted(), [10, 10, 3]);
  assert.equal(new Set(asked.flat()).size, 23);
  assert.deepEqual(await db.run(READ_FACTS), [{ answer: "3 days.", count: 23 }]);
  const style = await styleOf(services, organization.id);
  assert.deepEqual([style?.greeting, style?.language], ["Hi <name>,", "en"]);
  const { progress } = await getJob(services, organization.admin, job.id);
  assert.deepEqual([progress?.total, progress?.processed], [23, 23]);
  const [notification] = await notificationsOf(services, organization.admin);
  assert.deepEqual(
    [notification?.title, notification?.body, notification?.subject],
    ["Learned from 23 mails", "23 learned, 1 new fact", toTypeId("learningRun", run.id)],
  );

  await addSentEmails(db, organization.id, 2);
  const counts = await countLearnedEmails(services, organization.id);
  assert.deepEqual(counts, { learned: 23, notLearned: 2 });
  const { edges } = await listLearnableEmails(services, organization.admin, {}, {});
  assert.deepEqual(
    edges.map(({ node: { learnedAt } }) => learnedAt !== null).toSorted(),
    [false, false, ...Array(23).fill(true)],
  );
  const second = await start();
  await worker.runQueued();
  const { total, succeeded, skipped } = await read(second.run);
  assert.deepEqual([total, succeeded, skipped], [25, 2, 23]);
  assert.equal(model.asks.length, 4);

  const third = await start({ relearn: true });
  await worker.runQueued();
  assert.equal((await read(third.run)).succeeded, 25);
});

onEveryLearning("received, automatic and empty mails are skipped", {}, async (given) => {
  const { db, organization, services, worker, model, start, read } = given;
  const [sent = ""] = await addSentEmails(db, organization.id, 1);
  const outbound = { direction: "OUTBOUND" } as const;
  const others = await storeEmails(db, organization.id, [
    newEmail(parsedMail(), { direction: "INBOUND" }),
    newEmail(parsedMail(), { ...outbound, kind: "FORWARD" }),
    newEmail(parsedMail(), { ...outbound, kind: "AUTO_REPLY" }),
    newEmail(parsedMail({ text: " \n" }), outbound),
  ]);
  const emailIds = [sent, ...others.map(({ id }) => toTypeId("email", id))];
  const estimate = await estimateLearning(services, organization.admin, { ...INPUT, emailIds });
  assert.deepEqual([estimate.emailCount, estimate.skippedCount], [5, 4]);
  const { run } = await start({ emailIds });
  await worker.runQueued();
  const { total, succeeded, skipped } = await read(run);
  assert.deepEqual([total, succeeded, skipped], [5, 1, 4]);
  assert.deepEqual(model.asks.map(subjectsOf), [["Mail 1"]]);

  const all = await estimateLearning(services, organization.admin, INPUT);
  assert.deepEqual([all.emailCount, all.skippedCount], [2, 2]);
  assert.equal((await countLearnedEmails(services, organization.id)).notLearned, 0);
});

onEveryLearning(
  "a selection is limited by time, and refused if it is invalid",
  {},
  async (given) => {
    const { db, organization, services, start } = given;
    await addSentEmails(db, organization.id, 3);
    const since = new Date(Date.now() + 60_000);
    const { emailCount } = await estimateLearning(services, organization.admin, {
      ...INPUT,
      since,
    });
    assert.equal(emailCount, 0);
    assert.deepEqual(await issuesOf(() => start({ priority: 101 })), ["priority OUT_OF_RANGE"]);
    assert.deepEqual(await issuesOf(() => start({ emailIds: [] })), ["emailIds REQUIRED"]);
    await assert.rejects(start({ emailIds: [toTypeId("email", newId())] }), NotFoundError);
    const runs = await listRuns(services, organization.admin, {}, {});
    assert.equal(runs.edges.length, 0);
  },
);

onEveryLearning("the same selection is learned once at a time", {}, async (given) => {
  const { db, organization: { id, member, colleague }, services, start, worker } = given;
  await addSentEmails(db, id, 1);
  const started = await Promise.all([start(), start(), start()]);
  assert.deepEqual(started.map(({ created }) => created).toSorted(), [false, false, true]);
  assert.equal(new Set(started.map(({ run }) => run.id)).size, 1);
  assert.equal((await startEmailLearning(services, member, INPUT)).created, true);
  const own = await listRuns(services, member, {}, {});
  assert.equal(own.edges.length, 1);
  const [run] = started;
  await assert.rejects(retryLearningRun(services, colleague, run?.run.id ?? ""), NotFoundError);
  await worker.runQueued();
});

onEveryLearning("another selection waits until the first run has ended", {}, async (given) => {
  const { db, organization: { id, admin }, services, model, start, read, worker } = given;
  const [one = "", two = ""] = await addSentEmails(db, id, 2);
  const held = holdAnswers(model);
  const first = await start({ emailIds: [one] });
  worker.start(await worker.claim());
  await held.asked;
  const second = await start({ emailIds: [two] });
  const third = await start();
  const other = await given.startModelWorker();
  await other.runQueued();
  const waits = await readJobWaits(db, [second.job.id, third.job.id]);
  const text = "Waits for the end of an earlier job of the same user";
  assert.deepEqual([...waits.values()].map((wait) => [wait.reason, wait.text]), [
    ["BEHIND", text],
    ["BEHIND", text],
  ]);

  await cancelJob(services, admin, first.job.id);
  worker.abort("cancelled");
  await worker.untilIdle();
  assert.equal((await read(first.run)).status, "CANCELLED");
  model.settings.reply = teach;
  await worker.runQueued();
  const [behind, last] = [await read(second.run), await read(third.run)];
  assert.deepEqual([behind.status, last.status], ["COMPLETED", "COMPLETED"]);
  assert.ok(behind.finishedAt && last.startedAt && behind.finishedAt <= last.startedAt);
});

onEveryLearning("a run that is due later does not stop another one", {}, async (given) => {
  const { db, organization: { id, admin }, services, start, read, worker } = given;
  await addSentEmails(db, id, 1);
  const later = await start({ runAt: new Date(Date.now() + 3_600_000), relearn: true });
  const { run } = await start();
  await worker.runQueued();
  assert.equal((await read(run)).status, "COMPLETED");
  assert.equal((await read(later.run)).status, "QUEUED");
  await cancelJob(services, admin, later.job.id);
  await closeEndedRuns(services, null);
  assert.equal((await read(later.run)).status, "CANCELLED");
});

onEveryLearning(
  "one mail that the model refuses fails alone, and is retried",
  {},
  async (given) => {
    const { db, organization: { id, admin }, services, model, start, read, worker } = given;
    await addSentEmails(db, id, 10);
    model.settings.reply = (ask) =>
      subjectsOf(ask).includes("Mail 4")
        ? { status: 400, error: { message: "Refused by the filter", code: "content_filter" } }
        : teach(ask);
    const { run, job } = await start();
    await assert.rejects(retryLearningRun(services, admin, run.id), ConflictError);
    await worker.runQueued();
    const ended = await read(run);
    assert.deepEqual([ended.status, ended.succeeded, ended.failed], ["COMPLETED", 9, 1]);
    assert.equal(model.asks.length, 11);
    const failures = await listFailures(services, run, {});
    assert.deepEqual(failures.edges.map(({ node }) => [node.label, node.error]), [
      ["Mail 4", { type: "OTHER", code: "400 content_filter", message: "Refused by the filter" }],
    ]);
    const [notification] = await notificationsOf(services, admin);
    assert.deepEqual([notification?.level, notification?.body], [
      "WARNING",
      "9 learned, 1 failed, 1 new fact",
    ]);
    assert.equal(ended.jobId, job.id);

    model.settings.reply = teach;
    const retried = await retryLearningRun(services, admin, run.id);
    await worker.runQueued();
    const { total, succeeded, failed } = await read(retried.run);
    assert.deepEqual([total, succeeded, failed], [1, 1, 0]);
    assert.deepEqual(subjectsOf(model.asks.at(-1)!), ["Mail 4"]);
  },
);

onEveryLearning("an invalid answer is corrected, or fails its mails", {}, async (given) => {
  const { db, organization: { id }, model, start, read, worker } = given;
  await addSentEmails(db, id, 2);
  const wrong = (text: string) => text.replaceAll('"mail":1,', '"mail":7,');
  model.settings.reply = (ask, index) => index === 0 ? wrong(teach(ask)) : teach(ask);
  const first = await start();
  await worker.runQueued();
  assert.deepEqual([(await read(first.run)).succeeded, model.asks.length], [2, 2]);
  model.settings.reply = (ask) => wrong(teach(ask));
  const second = await start({ relearn: true });
  await worker.runQueued();
  const { succeeded, failed } = await read(second.run);
  assert.deepEqual([succeeded, failed], [0, 2]);
});

onEveryLearning("a run waits for the budget, and continues", {}, async (given) => {
  const { db, organization: { id, admin }, services, start, read, worker } = given;
  await addSentEmails(db, id, 10);
  await updateBudget(services, admin, { perDay: { amount: "0", currency: "USD" } });
  const { run, job } = await start();
  await worker.runQueued();
  const waits = await readJobWaits(db, [job.id]);
  assert.deepEqual([(await read(run)).status, waits.get(job.id)?.reason], ["RUNNING", "BUDGET"]);
  await updateBudget(services, admin, { perDay: null });
  await makeDue(services);
  await worker.runQueued();
  assert.equal((await read(run)).succeeded, 10);
});

onEveryLearning(
  "erasing a user deletes its runs, and ends the one in progress",
  {},
  async (given) => {
    const { db, organization: { id, admin, operator }, services, model, start, worker } = given;
    await addSentEmails(db, id, 1);
    const held = holdAnswers(model);
    const { run, job } = await start();
    worker.start(await worker.claim());
    await held.asked;
    await eraseUserRows(services, id, admin.userId ?? "", 10, () => {});
    const { edges } = await listRuns(services, operator, {}, {});
    assert.deepEqual(edges, []);
    held.answer(teach(model.asks[0]!));
    await worker.untilIdle();
    assert.equal((await getJob(services, operator, job.id)).status, "COMPLETED");
    await assert.rejects(retryLearningRun(services, operator, run.id), NotFoundError);
  },
);

onEveryLearning("runs are kept for 90 days, longer than their jobs", {}, async (given) => {
  const { db, organization: { id, admin }, services, start, worker } = given;
  await addSentEmails(db, id, 1);
  await start();
  await worker.runQueued();
  await pruneLearning(services, null);
  assert.equal((await listRuns(services, admin, {}, {})).edges.length, 1);
  await db.run(AGE_RUNS);
  await pruneLearning(services, null);
  assert.equal((await listRuns(services, admin, {}, {})).edges.length, 0);
});
