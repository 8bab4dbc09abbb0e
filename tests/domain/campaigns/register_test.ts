import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { registerContact } from "../../../src/domain/campaigns/register.ts";
import { updateCampaign } from "../../../src/domain/campaigns/update.ts";
import { findDeliveries } from "../../../src/domain/deliveries/list.ts";
import { ForbiddenError } from "../../../src/domain/errors.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import {
  addCampaign,
  campaignInput,
  cycle,
  LATER,
  passDate,
  signUp,
  subjectsOf,
  welcomeInput,
} from "../../support/campaigns.ts";
import { addContacts } from "../../support/contacts.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail, onPostgresMail } from "../../support/mail.ts";
import {
  personAt,
  readBatches,
  readDeliveries,
  readStatus,
  tally,
} from "../../support/messages.ts";

const JOBS = statement<[], { kind: string; lane: string; topic: string; status: string }>(
  "test.jobsOfCampaigns",
  "select kind, lane, topic, status from jobs where kind <> 'ENROL_CONTACTS' order by id",
);
const ENROLMENTS = statement<[], { count: number }>(
  "test.countEnrolments",
  "select count(*) as count from enrolments",
);
// Prepared statements of one session. The registrations use the same one, because they run one after the other.
const KEPT_PLANS = statement<[], { name: string }>(
  "test.keptPlans",
  `select name from pg_prepared_statements
   where name like 'campaigns.%' and generic_plans > 0 order by name`,
);

onEveryMail(
  "registerContact() queues the welcome at once, and mails for later dates",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const welcome = await addCampaign(services, admin, welcomeInput());
    const dated = await addCampaign(services, admin, campaignInput());
    const { contact, created, deliveryIds } = await signUp(services, admin, "Ada@example.net");
    assert.equal(created, true);
    assert.equal(contact.email, "Ada@example.net");
    const deliveries = await findDeliveries(services, admin, deliveryIds);
    assert.deepEqual(
      deliveries.map((
        { messageId, status, dueAt },
      ) => [messageId, status, dueAt && dueAt > new Date()])
        .sort(),
      [[welcome.messageId, "PENDING", false], [dated.messageId, "PENDING", true]].sort(),
    );
    assert.equal(
      deliveries.find(({ messageId }) => messageId === dated.messageId)?.dueAt?.getTime(),
      LATER.getTime(),
    );
    assert.deepEqual(await db.run(JOBS), [
      { kind: "SEND_BATCH", lane: "TRANSACTIONAL", topic: "welcome", status: "QUEUED" },
    ]);
    await worker.runQueued();
    assert.deepEqual(subjectsOf(smtp), ["Welcome Ada"]);
    // The message stays open for the next contact.
    assert.equal(await readStatus(db, welcome.messageId), "SENDING");
    assert.equal(await readStatus(db, dated.messageId), "SCHEDULED");
    assert.deepEqual(await cycle(services), []);
  },
  () => ({ keepContent: true }),
);

onEveryMail(
  "A contact that is registered again is changed, and gets nothing twice",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    await addCampaign(services, admin, welcomeInput());
    const dated = await addCampaign(services, admin, campaignInput());
    const first = await signUp(services, admin, "ada@example.net");
    await worker.runQueued();
    const second = await signUp(services, admin, " ADA@example.net", { name: "Ada Lovelace" });
    assert.equal(second.created, false);
    assert.equal(second.contact.id, first.contact.id);
    assert.equal(second.contact.name, "Ada Lovelace");
    assert.deepEqual(second.deliveryIds, []);
    await passDate(db, dated);
    await cycle(services);
    await worker.runQueued();
    // The mail that waited for its date has the present name.
    assert.deepEqual(subjectsOf(smtp), [
      "Welcome Ada",
      "It is here, Ada Lovelace",
    ]);
  },
  () => ({ keepContent: true }),
);

onEveryMail(
  "Registrations of one call of the database share batches and are welcomed once",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const welcome = await addCampaign(services, admin, welcomeInput());
    // Each address twice, at the same time.
    const registered = await Promise.all(
      Array.from({ length: 300 }, (_, n) => signUp(services, admin, personAt(n % 150 + 1))),
    );
    assert.equal(registered.filter(({ created }) => created).length, 150);
    assert.equal(new Set(registered.flatMap(({ deliveryIds }) => deliveryIds)).size, 150);
    await worker.runQueued();
    assert.equal(smtp.received.length, 150);
    const deliveries = await readDeliveries(db, welcome.messageId);
    assert.deepEqual(deliveries.map(({ n }) => n), Array.from({ length: 150 }, (_, n) => n + 1));
    assert.deepEqual(tally(deliveries.map(({ status }) => status)), { SENT: 150 });
    for (const { size } of await readBatches(db, welcome.messageId)) assert.ok(size <= 100);
  },
);

onPostgresMail(
  "Processes that register the same contacts at once send one welcome each",
  async (mail) => {
    const { services, organization: { admin }, worker, smtp } = mail;
    await addCampaign(services, admin, welcomeInput());
    // Of other databases objects, so that they do not share a group.
    const processes = Array.from({ length: 4 }, () => ({ ...services, db: { ...services.db } }));
    await Promise.all(
      processes.flatMap((process) =>
        Array.from({ length: 50 }, (_, n) => signUp(process, admin, personAt(n + 1)))
      ),
    );
    await worker.runQueued();
    assert.equal(smtp.received.length, 50);
    assert.equal(
      new Set(smtp.received.map(({ recipient }) => recipient)).size,
      50,
    );
  },
);

onEveryMail("Without sendWelcome, only mails with a date are created", async (mail) => {
  const { db, services, organization: { admin } } = mail;
  await addCampaign(services, admin, welcomeInput());
  const dated = await addCampaign(services, admin, campaignInput());
  const { deliveryIds } = await signUp(services, admin, "ada@example.net", { sendWelcome: false });
  assert.equal(deliveryIds.length, 1);
  assert.equal((await readDeliveries(db, dated.messageId)).length, 1);
  // The welcome follows if the person signs up later.
  assert.equal((await signUp(services, admin, "ada@example.net")).deliveryIds.length, 1);
});

onEveryMail("An unsubscribed contact is SUPPRESSED, at its date too", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp } = mail;
  const welcome = await addCampaign(services, admin, welcomeInput());
  const dated = await addCampaign(services, admin, campaignInput());
  await signUp(services, admin, "ada@example.net");
  await signUp(services, admin, "max@example.net");
  await worker.runQueued();
  assert.equal(smtp.received.length, 2);
  const reason = "UNSUBSCRIBED";
  await addSuppressions(services, admin, {
    channel: "EMAIL",
    addresses: ["ada@example.net"],
    reason,
  });
  await passDate(db, dated);
  await cycle(services);
  await worker.runQueued();
  assert.equal(smtp.received.length, 3);
  const statuses = (await readDeliveries(db, dated.messageId)).map(({ status }) => status);
  assert.deepEqual(statuses, ["SUPPRESSED", "SENT"]);
  assert.equal((await readDeliveries(db, welcome.messageId)).length, 2);
});

onEveryMail("sendToLateContacts decides about contacts after the date", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp } = mail;
  const late = await addCampaign(services, admin, campaignInput({ sendToLateContacts: true }));
  const punctual = await addCampaign(services, admin, campaignInput({ type: "punctual" }));
  await passDate(db, late);
  await passDate(db, punctual);
  const { deliveryIds } = await signUp(services, admin, "ada@example.net");
  assert.equal(deliveryIds.length, 1);
  await cycle(services);
  await worker.runQueued();
  assert.equal(smtp.received.length, 1);
  assert.deepEqual(await readDeliveries(db, punctual.messageId), []);
});

onEveryMail(
  "Disabled campaigns and contacts without an email address are skipped",
  async (mail) => {
    const { db, services, organization: { admin } } = mail;
    const welcome = await addCampaign(services, admin, welcomeInput());
    const { contact, deliveryIds } = await registerContact(services, admin, {
      psid: "4711",
      name: "Ada",
      sendWelcome: true,
    });
    assert.equal(contact.email, null);
    assert.deepEqual(deliveryIds, []);
    await updateCampaign(services, admin, welcome.id, { enabled: false });
    assert.deepEqual((await signUp(services, admin, "ada@example.net")).deliveryIds, []);
    assert.deepEqual(await db.run(ENROLMENTS), [{ count: 0 }]);
  },
);

onEveryMail("registerContact() refuses invalid input, and MEMBERs", async (mail) => {
  const { services, organization: { admin, member } } = mail;
  await addContacts(services, admin, [{ email: "max@example.net", psid: "4711" }]);
  const issues = (input: { email?: string; psid?: string }) =>
    issuesOf(() => registerContact(services, admin, { ...input, sendWelcome: true }));
  assert.deepEqual(await issues({ email: "no address" }), ["email MALFORMED"]);
  assert.deepEqual(await issues({}), ["email REQUIRED"]);
  assert.deepEqual(await issues({ email: "ada@example.net", psid: "4711" }), ["psid TAKEN"]);
  await assert.rejects(signUp(services, member, "ada@example.net"), ForbiddenError);
});

onPostgresMail("Repeated registrations are not planned again", async (mail) => {
  const { db, services, organization: { admin } } = mail;
  await addCampaign(services, admin, welcomeInput());
  for (let n = 0; n < 10; n++) await signUp(services, admin, `person${n}@example.net`);
  assert.deepEqual(
    (await db.run(KEPT_PLANS)).map(({ name }) => name),
    ["campaigns.enrol", "campaigns.lockCurrent", "campaigns.share"],
  );
});
