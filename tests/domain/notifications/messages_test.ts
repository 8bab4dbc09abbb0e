import assert from "node:assert/strict";
import { toTypeId } from "../../../src/domain/id.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { readAction, runAction, startAction } from "../../support/bulk_actions.ts";
import { addCampaign, signUp, welcomeInput } from "../../support/campaigns.ts";
import { onEveryMail } from "../../support/mail.ts";
import { messageInput, people, personAt } from "../../support/messages.ts";
import { notificationsOf, titlesOf } from "../../support/notifications.ts";

const REFUSED = "550 5.1.1 No such user here";

onEveryMail("a message notifies its user once, at its end, with numbers", async (mail) => {
  const { services, organization: { admin, colleague }, worker, smtp, send } = mail;
  smtp.replies.reject = (address) => address === personAt(7) ? REFUSED : null;
  const { id } = await send({ title: "July", to: { list: people(250) } });
  await worker.runQueued();
  const [notification, ...others] = await notificationsOf(services, admin);
  assert.ok(notification);
  const { level, title, body, subject } = notification;
  assert.deepEqual({ level, title, body, subject, others }, {
    level: "WARNING",
    title: "Message “July” was sent to some recipients only",
    body: "249 sent, 1 failed",
    subject: toTypeId("message", id),
    others: [],
  });
  assert.deepEqual(await titlesOf(services, colleague), []);
});

onEveryMail("success and failure of messages have different levels", async (mail) => {
  const { services, organization: { admin }, worker, smtp, send } = mail;
  await send({ title: "Good" });
  await worker.runQueued();
  smtp.replies.reject = () => REFUSED;
  await send({ title: "Bad" });
  await worker.runQueued();
  assert.deepEqual(await titlesOf(services, admin), [
    "SUCCESS Message “Good” was sent",
    "ERROR Message “Bad” failed",
  ]);
});

onEveryMail("a transactional message notifies of its failure only", async (mail) => {
  const { services, organization: { admin }, worker, smtp, send } = mail;
  await send({ title: "Receipt", lane: "TRANSACTIONAL" });
  await worker.runQueued();
  assert.deepEqual(await titlesOf(services, admin), []);
  smtp.replies.reject = () => REFUSED;
  await send({ title: "Lost receipt", lane: "TRANSACTIONAL" });
  await worker.runQueued();
  assert.deepEqual(await titlesOf(services, admin), ["ERROR Message “Lost receipt” failed"]);
});

onEveryMail("a message that is paused by a refused login notifies once", async (mail) => {
  const { services, organization: { admin }, worker, smtp, send } = mail;
  smtp.replies.login = { user: "ada", password: "new" };
  await send({ title: "July", to: { list: people(250) } });
  await worker.runQueued();
  const paused = await notificationsOf(services, admin);
  assert.deepEqual(paused.map(({ title }) => title), ["Message “July” was paused"]);
  assert.match(paused[0]?.body ?? "", /535/);
}, () => ({ login: { user: "ada", password: "old" } }));

onEveryMail("a pause by another person notifies the user of the message", async (mail) => {
  const { services, organization: { admin, member }, worker } = mail;
  const { message: { id } } = await sendMessage(services, member, messageInput({ title: "July" }));
  await pauseMessage(services, member, id);
  assert.deepEqual(await titlesOf(services, member), []);
  await resumeMessage(services, member, id);
  await pauseMessage(services, admin, id);
  assert.deepEqual(await titlesOf(services, member), ["WARNING Message “July” was paused"]);
  await resumeMessage(services, member, id);
  await worker.runQueued();
});

onEveryMail("a campaign notifies in place of its message", async (mail) => {
  const { services, organization: { admin, operator }, worker } = mail;
  const campaign = await addCampaign(services, admin, welcomeInput({ name: "Hello" }));
  await signUp(services, admin, "ada@example.com");
  await worker.runQueued();
  assert.deepEqual(await titlesOf(services, admin), []);
  await pauseMessage(services, operator, campaign.messageId);
  const [paused] = await notificationsOf(services, admin);
  assert.deepEqual([paused?.title, paused?.subject], [
    "Campaign “Hello” was paused",
    toTypeId("campaign", campaign.id),
  ]);
});

onEveryMail("a bulk action notifies its user when it finishes or is stopped", async (mail) => {
  const { services, organization: { admin }, worker, smtp, send } = mail;
  smtp.replies.reject = () => "452 4.2.2 Mailbox full";
  const { id: messageId } = await send({ title: "July", to: { list: people(4) } });
  await worker.runQueued();
  const target = { action: "RETRY", deliveries: { filter: { messageId } } } as const;
  const stopped = await startAction(services, admin, target, { stages: [2] });
  await runAction(mail, stopped.id);
  smtp.replies.reject = undefined;
  const finished = await startAction(services, admin, target);
  await runAction(mail, finished.id);
  assert.equal((await readAction(services, finished.id)).state, "FINISHED");
  const titles = await titlesOf(services, admin);
  const ofActions = titles.filter((title) => title.includes("Bulk action"));
  assert.deepEqual(ofActions, [
    "ERROR Bulk action stopped: retry 4 deliveries",
    "SUCCESS Bulk action finished: retry 4 deliveries",
  ]);
});
