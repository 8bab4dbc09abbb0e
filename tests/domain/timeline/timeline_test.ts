import assert from "node:assert/strict";
import { tidyContact } from "../../../src/domain/contacts/contact.ts";
import { upsertContacts } from "../../../src/domain/contacts/upsert.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import type { PageArgs } from "../../../src/domain/page.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { readTimeline } from "../../../src/domain/timeline/timeline.ts";
import { contactAt } from "../../support/contacts.ts";
import { onEveryMail } from "../../support/mail.ts";
import { messageInput } from "../../support/messages.ts";

onEveryMail("readTimeline() lists mails, attempts and suppressions, latest first", async (mail) => {
  const { db, services, organization: { id, admin, member, colleague }, worker, smtp } = mail;
  await upsertContacts(db, id, [tidyContact({ email: "Ada@example.net", psid: "100" })], true);
  const contact = await contactAt(services, admin, "Ada@example.net");
  smtp.replies.reject = () => "450 4.2.0 mailbox busy";
  const to = {
    list: [{ address: "ada@EXAMPLE.net", name: "Ada" }, { address: "max@example.net" }],
  };
  const { message } = await sendMessage(services, member, messageInput({ title: "July", to }));
  await worker.runQueued();
  smtp.replies.reject = undefined;
  const filter = { messageId: message.id };
  await retryDeliveries(services, member, { filter, force: false });
  await worker.runQueued();
  await addSuppressions(services, admin, { channel: "MESSENGER", addresses: ["100"] });
  await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: ["ada@example.net"],
    reason: "UNSUBSCRIBED",
  });
  const input = messageInput({ title: "August", to, unsubscribable: true });
  await sendMessage(services, admin, { ...input, content: { subject: "August" } });
  await worker.runQueued();

  const read = async (caller = admin, page: PageArgs = {}) =>
    await readTimeline(services, caller, contact, page);
  const textsOf = ({ edges }: Awaited<ReturnType<typeof read>>) =>
    edges.map(({ node: { noun, text } }) => `${noun}: ${text}`);
  const all = await read();
  const [provider] = /by [\d.:]+/.exec(textsOf(all).join(" ")) ?? [];
  assert.deepEqual(textsOf(all), [
    'delivery: "August" was not sent: the address is suppressed (unsubscribed)',
    'delivery: "August" was created',
    "suppression: Unsubscribed ada@example.net",
    "suppression: Put on the suppression list by a person: 100",
    `delivery: "July" was sent ${provider}`,
    'delivery: "July" failed: 450 4.2.0 mailbox busy',
    'delivery: "July" was created',
    "contact: Signed up",
  ]);
  const times = all.edges.map(({ node }) => node.at.getTime());
  assert.deepEqual(times, times.toSorted((a, b) => b - a));
  assert.equal(await all.totalCount(), 8);

  const first = await read(admin, { first: 5 });
  const rest = await read(admin, { first: 5, after: first.pageInfo.endCursor });
  assert.deepEqual([...textsOf(first), ...textsOf(rest)], textsOf(all));

  const ofMember = textsOf(await read(member));
  assert.ok(!ofMember.some((text) => text.includes("August")));
  assert.equal(ofMember.length, 6);
  assert.equal(textsOf(await read(colleague)).length, 3);
});
