import assert from "node:assert/strict";
import type { ContactInput } from "../../../src/domain/contacts/contact.ts";
import { updateContact } from "../../../src/domain/contacts/update.ts";
import { NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { planChunk } from "../../../src/domain/messages/plan.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { resolveContacts } from "../../../src/domain/messages/to_contacts.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { addContacts, contactAt } from "../../support/contacts.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { messageInput, readBatches, readDeliveries, readStatus } from "../../support/messages.ts";

const COUNT = 12_345;

function everybody(count: number): ContactInput[] {
  return Array.from({ length: count }, (_, index) => ({
    email: `person${index}@example.net`,
    variables: { number: index },
    vip: index % 1_000 === 0,
  }));
}

async function addEverybody({ services, organization: { admin } }: TestMail): Promise<void> {
  await addContacts(services, admin, everybody(COUNT));
  await addContacts(services, admin, [{ psid: "246" }, { psid: "247" }]);
  const unsubscribed = await contactAt(services, admin, "person7@example.net");
  await updateContact(services, admin, unsubscribed.id, { unsubscribed: true });
  await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: ["Person11@example.net", "person1000@example.net"],
  });
}

async function assertPlanned({ db }: TestMail, messageId: string, count: number): Promise<void> {
  const deliveries = await readDeliveries(db, messageId);
  assert.deepEqual(deliveries.map(({ n }) => n), Array.from({ length: count }, (_, i) => i + 1));
  assert.equal(new Set(deliveries.map(({ address }) => address)).size, count);
  const excluded = ["person7@example.net", "person11@example.net", "person1000@example.net"];
  assert.ok(!deliveries.some(({ address }) => excluded.includes(address)));
  const batches = await readBatches(db, messageId);
  assert.equal(batches.reduce((sum, { size }) => sum + size, 0), count);
  assert.equal(batches.length, Math.ceil(count / 100));
}

onPostgresMail("PLAN_MESSAGE copies all active contacts", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  await addEverybody(mail);
  const active = COUNT - 3;
  const sent = await sendMessage(
    services,
    admin,
    messageInput({ to: { contacts: { all: true } }, content: { subject: "No. {{ number }}" } }),
  );
  assert.equal(sent.withoutAddressCount, 2);
  assert.equal(sent.message.recipientCount, active);
  worker.start(await worker.claim());
  await worker.untilIdle();
  assert.equal(await readStatus(db, sent.message.id), "SENDING");
  await assertPlanned(mail, sent.message.id, active);
  const { recipientCount, plannedCount } = await getMessage(services, admin, sent.message.id);
  assert.deepEqual([recipientCount, plannedCount], [active, active]);
});

onPostgresMail(
  "planChunk() continues contacts where a dead worker stopped, and without those that unsubscribed since",
  async (mail) => {
    const { services, organization: { admin }, worker, startWorker } = mail;
    await addEverybody(mail);
    const input = messageInput({ to: { contacts: { all: true } } });
    const { message } = await sendMessage(services, admin, input);
    const [job] = await worker.claim();
    assert(job);
    assert((await planChunk(services, job, message.id)).more);
    await worker.loseLease();
    const last = await contactAt(services, admin, `person${COUNT - 1}@example.net`);
    await updateContact(services, admin, last.id, { unsubscribed: true });
    const other = await startWorker();
    other.start(await other.claim(1));
    await other.untilIdle();
    await assertPlanned(mail, message.id, COUNT - 4);
    const { recipientCount, status } = await getMessage(services, admin, message.id);
    assert.deepEqual([recipientCount, status], [COUNT - 4, "SENDING"]);
  },
);

onEveryMail("sendMessage() delivers to important contacts, and to contacts by id", async (mail) => {
  const { db, services, organization: { admin, colleague }, worker, smtp } = mail;
  await addContacts(services, admin, [
    { email: "ada@example.net", name: "Ada", vip: true },
    { email: "max@example.net" },
    { email: "cleo@example.net", name: "Cleo" },
    { psid: "246" },
  ]);
  await addSuppressions(services, admin, { channel: "EMAIL", addresses: ["cleo@example.net"] });
  const send = async (contacts: Parameters<typeof resolveContacts>[3]) => {
    const sent = await sendMessage(services, colleague, messageInput({ to: { contacts } }));
    await worker.runQueued();
    assert.equal(await readStatus(db, sent.message.id), "SENT");
    const deliveries = await readDeliveries(db, sent.message.id);
    return {
      addresses: deliveries.map(({ address, status }) => `${address} ${status}`),
      withoutAddressCount: sent.withoutAddressCount,
    };
  };
  assert.deepEqual(await send({ vip: true }), {
    addresses: ["ada@example.net SENT"],
    withoutAddressCount: 0,
  });
  const idOf = async (address: string) => (await contactAt(services, admin, address)).id;
  const ids = await Promise.all(["cleo@example.net", "246", "max@example.net"].map(idOf));
  assert.deepEqual(await send({ ids: [...ids, ...ids] }), {
    addresses: ["cleo@example.net SUPPRESSED", "max@example.net SENT"],
    withoutAddressCount: 1,
  });
  assert.equal(smtp.received.length, 2);
});

onEveryMail("sendMessage() refuses contacts that cannot be recipients", async (mail) => {
  const { services, organization: { admin } } = mail;
  await addContacts(services, admin, [{ psid: "246", variables: { plan: "pro" } }]);
  const { id } = await contactAt(services, admin, "246");
  const issues = (
    contacts: Parameters<typeof resolveContacts>[3],
    content: { subject: string; text?: string } = { subject: "Hello" },
  ) => issuesOf(() => sendMessage(services, admin, messageInput({ to: { contacts }, content })));
  assert.deepEqual(await issues({ all: true }), ["to.contacts EMPTY"]);
  assert.deepEqual(await issues({ ids: [id] }), ["to.contacts EMPTY"]);
  assert.deepEqual(await issues({}), ["to.contacts REQUIRED"]);
  assert.deepEqual(await issues({ all: true, ids: [id] }), ["to.contacts EXCLUSIVE"]);
  await addContacts(services, admin, [{ email: "ada@example.net" }]);
  assert.deepEqual(await issues({ all: true }, { subject: "{{ plan }}", text: "{{ seats }}" }), [
    "content.text UNKNOWN_VARIABLE",
  ]);
  const unknown = messageInput({ to: { contacts: { ids: [id, newId()] } } });
  await assert.rejects(sendMessage(services, admin, unknown), NotFoundError);
});

onEveryMail("resolveContacts() counts the recipients on a channel", async (mail) => {
  const { services, organization: { admin } } = mail;
  await addContacts(services, admin, [
    { email: "ada@example.net", psid: "100" },
    { email: "max@example.net", vip: true },
    { psid: "246" },
  ]);
  await addSuppressions(services, admin, { channel: "MESSENGER", addresses: ["246"] });
  const reach = async (channel: "EMAIL" | "MESSENGER", contacts: { all?: true; vip?: true }) => {
    const { recipientCount, withoutAddressCount, inactiveCount } = await resolveContacts(
      services,
      admin,
      channel,
      contacts,
    );
    return [recipientCount, withoutAddressCount, inactiveCount];
  };
  assert.deepEqual(await reach("EMAIL", { all: true }), [2, 0, 1]);
  assert.deepEqual(await reach("MESSENGER", { all: true }), [1, 1, 1]);
  assert.deepEqual(await reach("MESSENGER", { vip: true }), [0, 1, 0]);
});
