import assert from "node:assert/strict";
import { rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { complained } from "../../../src/domain/deliveries/feedback.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { rollUpProblems } from "../../../src/domain/problems/roll_up.ts";
import { resolveProblem } from "../../../src/domain/problems/decide.ts";
import { unsubscribe } from "../../../src/domain/suppressions/unsubscribe.ts";
import { openSmtpChannel } from "../../../src/channels/email/smtp.ts";
import { parseSmtpUrl } from "../../../src/channels/email/smtp_url.ts";
import { findEndpoints } from "../../../src/domain/webhooks/find.ts";
import { updateEndpoint } from "../../../src/domain/webhooks/update.ts";
import { deleteEndpoint } from "../../../src/domain/webhooks/delete.ts";
import { event } from "../../support/feedback.ts";
import { addJob, addWorker, claimWork, endOf, expireLease } from "../../support/jobs.ts";
import { startMailWorker } from "../../support/mail_worker.ts";
import { importPeople, messageInput } from "../../support/messages.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";
import { startSmtpServer } from "../../support/smtp.ts";
import { addEndpoint, readOutbox, withVault } from "../../support/webhooks.ts";

const URL = "https://example.com/hook";

/** Sends a message to two people, of whom one does not exist. */
async function sendTwo(queue: TestQueue): Promise<{ messageId: string }> {
  const smtp = await startSmtpServer({
    reject: (address) => address.startsWith("nobody") ? "550 5.1.1 No such user" : null,
  });
  const channel = openSmtpChannel(parseSmtpUrl(smtp.url), { from: "noreply@example.com" });
  const worker = await startMailWorker(queue.services, { channel });
  const to = { list: [{ address: "ada@example.net" }, { address: "nobody@example.net" }] };
  const input = messageInput({ to, content: { subject: "Secret", text: "Secret" } });
  const { message } = await sendMessage(queue.services, queue.organization.admin, input);
  await worker.runQueued();
  await channel.close();
  await smtp.close();
  return { messageId: message.id };
}

onEveryQueue("an organization without an endpoint gets no row in the outbox", async (queue) => {
  await sendTwo(queue);
  assert.deepEqual(await readOutbox(queue.db), []);
});

onEveryQueue(
  "the events of a message report its start, its deliveries and its end",
  async (queue) => {
    await addEndpoint(withVault(queue.services), queue.organization.admin, URL);
    const { messageId } = await sendTwo(queue);
    const rows = await readOutbox(queue.db);
    assert.deepEqual(rows.map((row) => row.event).toSorted(), [
      "DELIVERY_FAILED",
      "DELIVERY_SENT",
      "MESSAGE_FINISHED",
      "MESSAGE_STARTED",
    ]);
    const byEvent = new Map(rows.map((row) => [row.event, row]));
    const { data: sent } = byEvent.get("DELIVERY_SENT") ?? {};
    assert.deepEqual({ ...sent, provider: null }, {
      messageId,
      channel: "EMAIL",
      address: "ada@example.net",
      status: "SENT",
      attempt: 1,
      provider: null,
      retryable: false,
      error: null,
    });
    const { data: failed } = byEvent.get("DELIVERY_FAILED") ?? {};
    assert.deepEqual(failed?.error, {
      type: "INVALID_RECIPIENT",
      code: "550 5.1.1",
      message: "550 5.1.1 No such user",
    });
    assert.deepEqual(byEvent.get("MESSAGE_FINISHED")?.data, {
      title: "News",
      type: "newsletter",
      channel: "EMAIL",
      status: "PARTIALLY_SENT",
      recipientCount: 2,
      sentCount: 1,
      suppressedCount: 0,
    });
    assert.equal(byEvent.get("MESSAGE_STARTED")?.objectId, messageId);
    assert.doesNotMatch(JSON.stringify(rows), /Secret/);
  },
);

onEveryQueue("a complaint and an unsubscription are events, once each", async (queue) => {
  const { services, db, organization: { id, admin } } = queue;
  await addEndpoint(withVault(services), admin, URL, [
    "DELIVERY_SENT",
    "DELIVERY_COMPLAINED",
    "CONTACT_UNSUBSCRIBED",
  ]);
  await sendTwo(queue);
  const [sent] = await readOutbox(db);
  const deliveryId = sent?.objectId ?? "";
  await recordEvent(services, event(complained(deliveryId, null)));
  const unsubscriber = {
    organizationId: id,
    channel: "EMAIL",
    address: "ADA@example.net",
    deliveryId,
  } as const;
  await unsubscribe(services, unsubscriber);
  await unsubscribe(services, unsubscriber);
  const rows = await readOutbox(db);
  assert.deepEqual(rows.map((row) => row.event), [
    "DELIVERY_SENT",
    "DELIVERY_COMPLAINED",
    "CONTACT_UNSUBSCRIBED",
  ]);
  assert.equal(rows[1]?.data.status, "COMPLAINED");
  assert.deepEqual(rows[2]?.data, { channel: "EMAIL", address: "ada@example.net", deliveryId });
});

onEveryQueue("a message is started once, however often it is paused", async (queue) => {
  const { services, db, organization: { admin } } = queue;
  await addEndpoint(withVault(services), admin, URL);
  const audience = await importPeople(services, admin, 1);
  const input = messageInput({ to: { audienceId: audience.id } });
  const { message } = await sendMessage(services, admin, input);
  await pauseMessage(services, admin, message.id);
  await pauseMessage(services, admin, message.id);
  await resumeMessage(services, admin, message.id);
  await cancelMessage(services, admin, message.id);
  const rows = await readOutbox(db);
  assert.deepEqual(rows.map((row) => row.event), ["MESSAGE_PAUSED", "MESSAGE_FINISHED"]);
  assert.equal(rows[1]?.data.status, "CANCELLED");
});

onEveryQueue("a job is an event when it has failed, and a problem when it opens", async (queue) => {
  const { services, db, organization: { id, admin } } = queue;
  await addEndpoint(withVault(services), admin, URL);
  const workerId = await addWorker(services);
  const error = { type: "INTERNAL", code: null, message: "Disk is full" };
  const fail = async () => {
    await addJob(db, id, { topic: "work", maxAttempts: 1 });
    const [job] = await claimWork(services, workerId, id);
    assert.ok(job);
    await settleJobs(db, [endOf(job, { outcome: "retry", error })]);
    await rollUpProblems(services);
    return job.id;
  };
  const jobId = await fail();
  await fail();
  const [failed, opened, ...others] = await readOutbox(db);
  assert.deepEqual([failed?.event, failed?.objectId], ["JOB_FAILED", jobId]);
  assert.deepEqual(failed?.data, { kind: "work", subject: null, attempt: 1, error });
  assert.deepEqual([opened?.event, opened?.data.message], ["PROBLEM_OPENED", "Disk is full"]);
  assert.deepEqual(others.map((row) => row.event), ["JOB_FAILED"]);
  await resolveProblem(services, admin, opened?.objectId ?? "", null);
  await fail();
  assert.deepEqual((await readOutbox(db)).map((row) => row.event).slice(3), [
    "JOB_FAILED",
    "PROBLEM_OPENED",
  ]);
});

onEveryQueue("a job that was set aside after three crashes is an event", async (queue) => {
  const { services, db, organization: { id, admin } } = queue;
  await addEndpoint(withVault(services), admin, URL, ["JOB_FAILED"]);
  await addJob(db, id, { topic: "work" });
  for (let crash = 0; crash < 3; crash++) {
    await db.run({
      label: "test.makeDue",
      text: "update jobs set run_at = now(), status = 'QUEUED'",
    });
    const workerId = await addWorker(services);
    await claimWork(services, workerId, id);
    await expireLease(db, workerId);
    await rescueOrphans(services);
  }
  const [failed] = await readOutbox(db);
  assert.deepEqual([failed?.event, Object(failed?.data.error).type], ["JOB_FAILED", "CRASHED"]);
});

onEveryQueue("an endpoint gets the events that it names, while it is enabled", async (queue) => {
  const services = withVault(queue.services);
  const { db, organization: { admin } } = queue;
  const { endpoint } = await addEndpoint(services, admin, URL, ["MESSAGE_FINISHED"]);
  await sendTwo(queue);
  assert.deepEqual((await readOutbox(db)).map((row) => row.event), ["MESSAGE_FINISHED"]);
  await updateEndpoint(services, admin, endpoint.id, { enabled: false });
  await sendTwo(queue);
  assert.equal((await readOutbox(db)).length, 1);
  await updateEndpoint(services, admin, endpoint.id, {
    enabled: true,
    events: ["MESSAGE_STARTED"],
  });
  await sendTwo(queue);
  assert.deepEqual((await readOutbox(db)).map((row) => row.event), [
    "MESSAGE_FINISHED",
    "MESSAGE_STARTED",
  ]);
  await deleteEndpoint(services, admin, endpoint.id);
  assert.deepEqual(await readOutbox(db), []);
  assert.deepEqual(await findEndpoints(db, [endpoint.id]), []);
});

onEveryQueue("a contact is an event when it registers for the first time", async (queue) => {
  const { db, organization: { id, admin } } = queue;
  await addEndpoint(withVault(queue.services), admin, URL, ["CONTACT_REGISTERED"]);
  const contact = {
    email: "Ada@example.com",
    emailKey: "ada@example.com",
    psid: null,
    name: "Ada",
    vip: false,
    variables: {},
  };
  await upsertContacts(db, id, [contact], false);
  assert.deepEqual(await readOutbox(db), []);
  const [registered] = await upsertContacts(db, id, [contact], true);
  await upsertContacts(db, id, [contact], true);
  assert.deepEqual((await readOutbox(db)).map(({ objectId, data }) => [objectId, data]), [
    [registered?.id, {
      address: "Ada@example.com",
      email: "Ada@example.com",
      psid: null,
      name: "Ada",
    }],
  ]);
});
