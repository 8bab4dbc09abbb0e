import assert from "node:assert/strict";
import { NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import type { SendMessageInput } from "../../../src/domain/messages/input.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { sendTestMessage } from "../../../src/domain/messages/test_message.ts";
import { updateMessage } from "../../../src/domain/messages/update.ts";
import type { Services } from "../../../src/domain/services.ts";
import { archiveTemplate } from "../../../src/domain/templates/archive.ts";
import { saveTemplate } from "../../../src/domain/templates/save.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail } from "../../support/mail.ts";
import { messageInput } from "../../support/messages.ts";

const ADA = { address: "ada@example.com", name: "Ada", variables: { plan: "pro" } };

interface TestGiven {
  readonly services: Services;
  readonly organization: TestOrganization;
}

async function savePlan({ services, organization: { admin } }: TestGiven, text: string) {
  const content = { subject: "Hello {{ name }}", html: `<p>${text} {{ plan }}</p>` };
  return (await saveTemplate(services, admin, { name: "Plan", content })).template;
}

function withTemplate(templateId: string, given: Partial<SendMessageInput> = {}): SendMessageInput {
  return messageInput({ content: null, templateId, to: { list: [ADA] }, ...given });
}

onEveryMail("sendMessage() copies the latest version of a template", async (mail) => {
  const { services, organization: { member }, worker, smtp } = mail;
  await savePlan(mail, "Old");
  const { id } = await savePlan(mail, "New");
  const { message } = await sendMessage(services, member, withTemplate(id));
  await savePlan(mail, "Later");
  await worker.runQueued();
  assert.match(smtp.received[0]?.content ?? "", /New pro/);
  assert.match(smtp.received[0]?.content ?? "", /<p>New pro<\/p>/);
  const { templateId, templateVersion, subject } = await getMessage(services, member, message.id);
  assert.deepEqual([templateId, templateVersion, subject], [id, 2, "Hello {{ name }}"]);
}, () => ({ keepContent: true }));

onEveryMail("sendMessage() names the template in the faults of its content", async (mail) => {
  const { services, organization: { member, admin } } = mail;
  const { id } = await savePlan(mail, "New");
  const send = (given: Partial<SendMessageInput>) =>
    issuesOf(() => sendMessage(services, member, withTemplate(id, given)));
  assert.deepEqual(await send({ to: { list: [{ address: "ada@example.com" }] } }), [
    "templateId UNKNOWN_VARIABLE",
    "templateId UNKNOWN_VARIABLE",
  ]);
  assert.deepEqual(await send({ content: { subject: "Hello" } }), ["templateId EXCLUSIVE"]);
  assert.deepEqual(await send({ templateId: null }), ["content REQUIRED"]);
  await archiveTemplate(services, admin, id);
  assert.deepEqual(await send({}), ["templateId ARCHIVED"]);
  await assert.rejects(sendMessage(services, member, withTemplate(newId())), NotFoundError);
  const other = await createOrganization(services.db);
  await assert.rejects(sendMessage(services, other.member, withTemplate(id)), NotFoundError);
});

onEveryMail("sendTestMessage() sends the latest version of a template", async (mail) => {
  const { services, organization: { member }, worker, smtp } = mail;
  const { id: templateId } = await savePlan(mail, "Test");
  await sendTestMessage(services, member, { channel: "EMAIL", templateId, to: ADA });
  await worker.runQueued();
  assert.match(smtp.received[0]?.content ?? "", /Test pro/);
}, () => ({ keepContent: true }));

onEveryMail("updateMessage() with a content ends the reference to the template", async (mail) => {
  const { services, organization: { member } } = mail;
  const { id } = await savePlan(mail, "New");
  const input = withTemplate(id, { sendAt: new Date("2040-01-01T00:00:00Z") });
  const { message } = await sendMessage(services, member, input);
  const renamed = await updateMessage(services, member, message.id, { title: "Renamed" });
  assert.equal(renamed.templateId, id);
  const content = { subject: "Own", text: "Own" };
  const { templateId, templateVersion } = await updateMessage(services, member, message.id, {
    content,
  });
  assert.deepEqual([templateId, templateVersion], [null, null]);
});
