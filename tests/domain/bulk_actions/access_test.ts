import assert from "node:assert/strict";
import { abortBulkAction } from "../../../src/domain/bulk_actions/abort.ts";
import { listBulkActions } from "../../../src/domain/bulk_actions/find.ts";
import { previewBulkAction } from "../../../src/domain/bulk_actions/preview.ts";
import { startBulkAction } from "../../../src/domain/bulk_actions/start.ts";
import type { BulkTargetInput } from "../../../src/domain/bulk_actions/target.ts";
import { InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { runAction, startAction } from "../../support/bulk_actions.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { addJob } from "../../support/jobs.ts";
import { onEveryMail } from "../../support/mail.ts";
import { messageInput, people } from "../../support/messages.ts";
import { createBus } from "../../../src/events/bus.ts";
import { idsOf, refusals, statesOf } from "../../support/retries.ts";

onEveryMail(
  "A MEMBER acts on its own deliveries only, and sees its own actions only",
  async (mail) => {
    const { db, services, organization: { admin, member, colleague }, worker, send } = mail;
    const replies = refusals(mail.smtp);
    replies.refuse([1, 2]);
    const { id: others } = await send({ to: { list: people(2) } });
    const own = await sendMessage(services, member, messageInput({ to: { list: people(2) } }));
    await worker.runQueued();
    replies.accept();

    const filter = { retryable: true };
    const target = { action: "RETRY", deliveries: { filter } } as const;
    const { count } = await previewBulkAction(services, member, { ...target, force: false });
    assert.equal(count, 2);
    const { id } = await startAction(services, member, target);
    const action = await runAction(mail, id);
    assert.deepEqual([action.total, action.done], [2, 2]);
    assert.deepEqual(await statesOf(db, own.message.id), ["SENT 2", "SENT 2"]);
    assert.deepEqual(await statesOf(db, others), ["FAILED 1", "FAILED 1"]);

    const foreign = { action: "RETRY", deliveries: { ids: await idsOf(mail, others) } } as const;
    await assert.rejects(startAction(services, member, foreign), NotFoundError);
    await assert.rejects(abortBulkAction(services, colleague, id), NotFoundError);
    const listed = async (caller: typeof admin) =>
      (await listBulkActions(services, caller, {}, {})).edges.map(({ node }) => node.id);
    assert.deepEqual(await listed(member), [id]);
    assert.deepEqual(await listed(colleague), []);
    assert.deepEqual(await listed(admin), [id]);
    const stranger = await createOrganization(db, "Other organization");
    assert.deepEqual(await listed(stranger.operator), []);
    await assert.rejects(startAction(services, stranger.admin, foreign), NotFoundError);
  },
);

onEveryDatabase("startBulkAction() refuses invalid input and starts nothing", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { id: organizationId, admin, member } = await createOrganization(db);
  const jobId = await addJob(db, organizationId, { userId: "ada" });
  const issuesOf = async (target: Partial<BulkTargetInput>, limits = {}) => {
    const error: unknown = await startBulkAction(services, admin, {
      target: { action: "RETRY", force: false, ...target },
      stages: [1, 5, 50],
      stopAtFailedFraction: 0.5,
      ...limits,
    }).catch((error) => error);
    if (!(error instanceof InvalidInputError)) throw error;
    return error.issues.map(({ path, code }) => `${path.join(".")} ${code}`);
  };
  const jobs = { ids: [jobId] };
  const filter = { retryable: true };
  assert.deepEqual(await issuesOf({}), ["target.deliveries REQUIRED"]);
  assert.deepEqual(await issuesOf({ jobs, deliveries: { filter } }), ["target.jobs ONE_OF"]);
  assert.deepEqual(await issuesOf({ deliveries: {} }), ["target.deliveries.ids REQUIRED"]);
  assert.deepEqual(await issuesOf({ deliveries: { filter: {} } }), [
    "target.deliveries.filter EMPTY",
  ]);
  assert.deepEqual(await issuesOf({ jobs: { filter: {} } }), ["target.jobs.filter EMPTY"]);
  assert.deepEqual(await issuesOf({ jobs: { filter: { search: " " } } }), [
    "target.jobs.filter.search EMPTY",
  ]);
  assert.deepEqual(await issuesOf({ jobs: { ids: [] } }), ["target.jobs.ids EMPTY"]);
  assert.deepEqual(await issuesOf({ jobs, force: true }), ["target.force NOT_APPLICABLE"]);
  assert.deepEqual(await issuesOf({ jobs, action: "RESEND" }), ["target.action NOT_APPLICABLE"]);
  assert.deepEqual(await issuesOf({ deliveries: { filter }, action: "CANCEL" }), [
    "target.action NOT_APPLICABLE",
  ]);
  const limits = { stages: [0, 1.5], perSecond: 0, stopAtFailedFraction: 2 };
  assert.deepEqual(await issuesOf({ jobs }, limits), [
    "stages.0 OUT_OF_RANGE",
    "stages.1 MALFORMED",
    "perSecond OUT_OF_RANGE",
    "stopAtFailedFraction OUT_OF_RANGE",
  ]);

  const unknown = newId();
  const missing = { action: "CANCEL", jobs: { ids: [jobId, unknown] } } as const;
  await assert.rejects(startAction(services, admin, missing), (error) => {
    assert.ok(error instanceof NotFoundError);
    assert.deepEqual(error.ids, [toTypeId("job", unknown)]);
    return true;
  });
  const own = { action: "CANCEL", jobs } as const;
  await assert.rejects(startAction(services, member, own), NotFoundError);
  assert.deepEqual((await listBulkActions(services, admin, {}, {})).edges, []);
  await services.bus.close();
});
