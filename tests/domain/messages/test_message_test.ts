import assert from "node:assert/strict";
import { findDeliveries } from "../../../src/domain/deliveries/list.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { sendTestMessage } from "../../../src/domain/messages/test_message.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail } from "../../support/mail.ts";
import { messageInput, people } from "../../support/messages.ts";

const content = { subject: "Hello {{ name }}", text: "Your plan: {{ plan }}" };
const to = { address: "ada@example.com", name: "Ada", variables: { plan: "pro" } };

onEveryMail("sendTestMessage() sends one mail in the transactional lane", async (mail) => {
  const { services, organization: { member }, worker, smtp } = mail;
  await sendMessage(services, member, messageInput({ to: { list: people(3) } }));
  const { id, messageId, status } = await sendTestMessage(services, member, {
    channel: "EMAIL",
    content,
    to,
  });
  assert.equal(status, "PENDING");
  const { lane, type, userId } = await getMessage(services, member, messageId);
  assert.deepEqual([lane, type, userId], ["TRANSACTIONAL", "test", "max"]);
  await worker.runQueued();
  const [sent] = await findDeliveries(services, member, [id]);
  assert.equal(sent?.status, "SENT");
  const received = smtp.received.filter(({ recipient }) => recipient === to.address);
  assert.deepEqual(received.map(({ deliveryId }) => deliveryId), [toTypeId("delivery", id)]);
});

onEveryMail("sendTestMessage() renders a sample of the unsubscribe link", async (mail) => {
  const { services, organization: { admin }, worker, smtp } = mail;
  const text = "Away: {{ unsubscribe_url }}";
  await sendTestMessage(services, admin, { channel: "EMAIL", content: { ...content, text }, to });
  await worker.runQueued();
  assert.match(
    smtp.received[0]?.content ?? "",
    /Away: https:\/\/example\.com\/unsubscribe\/sample/,
  );
}, () => ({ keepContent: true }));

onEveryMail(
  "sendTestMessage() reports a missing variable without an index of the recipient",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const given = { channel: "EMAIL", content, to: { address: "ada@example.com" } } as const;
    await assert.rejects(sendTestMessage(services, admin, given), (error) => {
      assert.ok(error instanceof InvalidInputError);
      assert.match(error.issues[0]?.message ?? "", /: the recipient has no variable plan$/);
      return true;
    });
  },
);

onEveryMail("sendTestMessage() reports faults by the paths of its input", async (mail) => {
  const { services, organization: { admin } } = mail;
  const send = (given: { content?: typeof content; to?: typeof to }) =>
    issuesOf(() => sendTestMessage(services, admin, { channel: "EMAIL", content, to, ...given }));
  assert.deepEqual(await send({ to: { ...to, address: "ada" } }), ["to.address MALFORMED"]);
  assert.deepEqual(await send({ content: { ...content, text: "{{ size }}" } }), [
    "content.text UNKNOWN_VARIABLE",
  ]);
  assert.deepEqual(await send({ content: { ...content, subject: "" } }), [
    "content.subject REQUIRED",
  ]);
});
