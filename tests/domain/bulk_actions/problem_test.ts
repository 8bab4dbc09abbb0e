import assert from "node:assert/strict";
import { previewBulkAction } from "../../../src/domain/bulk_actions/preview.ts";
import { InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { listProblems } from "../../../src/domain/problems/list.ts";
import { rollUpProblems } from "../../../src/domain/problems/roll_up.ts";
import { runAction, startAction } from "../../support/bulk_actions.ts";
import { addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { onEveryQueue } from "../../support/queue.ts";
import { refusals, statesOf } from "../../support/retries.ts";

onEveryMail("A problem selects the deliveries whose last failure belongs to it", async (mail) => {
  const { db, services, organization: { admin, member }, worker, send } = mail;
  const replies = refusals(mail.smtp);
  replies.refuse([1, 2, 3]);
  replies.refuse([4, 5], "421 4.3.2 Shutting down");
  const { id: messageId } = await send({ to: { list: people(6) } });
  await worker.runQueued();
  replies.accept();
  await rollUpProblems(services);
  const { edges } = await listProblems(services, admin, {}, {});
  const problemId = edges.find(({ node }) => node.pattern.includes("Try again"))?.node.id;
  assert.ok(problemId);

  const target = { action: "RETRY", problemId } as const;
  const preview = await previewBulkAction(services, admin, { ...target, force: false });
  assert.deepEqual([preview.count, preview.skipped], [3, []]);
  await assert.rejects(startAction(services, member, target), NotFoundError);
  await assert.rejects(
    startAction(services, admin, { ...target, deliveries: { filter: { messageId } } }),
    InvalidInputError,
  );
  const { id } = await startAction(services, admin, target);
  const action = await runAction(mail, id);
  assert.deepEqual([action.state, action.total, action.done], ["FINISHED", 3, 3]);
  assert.deepEqual(await statesOf(db, messageId), [
    "SENT 2",
    "SENT 2",
    "SENT 2",
    "FAILED 1",
    "FAILED 1",
    "SENT 1",
  ]);
});

onEveryQueue(
  "A problem of jobs selects its FAILED jobs",
  async ({ db, services, organization }) => {
    const { admin, id } = organization;
    await addJobs(db, id, 2);
    const jobs = await claimWork(services, await addWorker(services), id);
    const error = { type: "NETWORK", code: null, message: "No answer" };
    await settleJobs(db, jobs.map((job) => endOf(job, { outcome: "fail", error })));
    await rollUpProblems(services);
    const { edges: [problem] } = await listProblems(services, admin, {}, {});
    const input = { action: "RETRY", force: false, problemId: problem?.node.id } as const;
    assert.equal((await previewBulkAction(services, admin, input)).count, 2);
    await assert.rejects(
      previewBulkAction(services, admin, { ...input, action: "RESEND" }),
      /cannot be RESEND for jobs/,
    );
  },
);
