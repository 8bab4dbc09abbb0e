import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { queueDue } from "../../../src/domain/campaigns/cycle.ts";
import { markReceived } from "../../../src/domain/campaigns/received.ts";
import { readPendingTypes } from "../../../src/domain/overview/pending.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import {
  addCampaign,
  campaignInput,
  cycle,
  passDate,
  signUp,
  welcomeInput,
} from "../../support/campaigns.ts";
import { addContacts, contactAt } from "../../support/contacts.ts";
import { onEveryMail, onPostgresMail } from "../../support/mail.ts";
import { addEndpoint, readOutbox, withVault } from "../../support/webhooks.ts";
import { personAt, readBatches, readDeliveries, tally } from "../../support/messages.ts";

const PLAN = statement<[], { "QUERY PLAN": string }>(
  "test.explainDue",
  `explain select distinct on (organization_id, type) id from messages
   where open and send_at <= now() and status in ('SCHEDULED', 'SENDING')
     and planned_count < recipient_count order by organization_id, type, send_at, id`,
);

function contacts(count: number) {
  return Array.from(
    { length: count },
    (_, n) => ({ email: personAt(n + 1), name: `Person ${n + 1}` }),
  );
}

onEveryMail("the message of a campaign starts once, with its first mails", async (mail) => {
  const { db, organization: { admin } } = mail;
  const services = withVault(mail.services);
  await addEndpoint(services, admin, "https://example.com/", ["MESSAGE_STARTED"]);
  const welcome = await addCampaign(services, admin, welcomeInput());
  const dated = await addCampaign(services, admin, campaignInput());
  await signUp(services, admin, personAt(1));
  await signUp(services, admin, personAt(2));
  const starts = async () =>
    (await readOutbox(db)).map(({ objectId, data }) => [objectId, data.recipientCount]);
  assert.deepEqual(await starts(), [[welcome.messageId, 1]]);
  await passDate(db, dated);
  await cycle(services);
  await signUp(services, admin, personAt(3));
  await cycle(services);
  assert.deepEqual(await starts(), [[welcome.messageId, 1], [dated.messageId, 2]]);
});

onEveryMail(
  "A cycle queues all mails of a date, type by type and up to 100 of each in turn",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    await addContacts(services, admin, contacts(250));
    const engine = await addCampaign(services, admin, campaignInput());
    await worker.runQueued();
    const builder = await addCampaign(
      services,
      admin,
      campaignInput({ type: "portfolio_builder" }),
    );
    await worker.runQueued();
    await passDate(db, engine);
    await passDate(db, builder);
    const waiting = await readPendingTypes(db, admin.organizationId);
    assert.deepEqual(tally(waiting.map(({ count }) => `${count}`)), { 250: 2 });
    const turns = await cycle(services);
    assert.deepEqual(
      turns.map((turn) => turn.map(({ type, count }) => `${type} ${count}`).sort()),
      [100, 100, 50].map((count) => [`portfolio_builder ${count}`, `search_engine ${count}`]),
    );
    assert.deepEqual((await readBatches(db, engine.messageId)).map(({ size }) => size), [
      100,
      100,
      50,
    ]);
    await worker.runQueued();
    assert.equal(smtp.received.length, 500);
    assert.deepEqual(await cycle(services), []);
  },
);

onPostgresMail("Cycles at the same time queue each mail once", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp } = mail;
  await addContacts(services, admin, contacts(400));
  const campaign = await addCampaign(services, admin, campaignInput());
  await worker.runQueued();
  await passDate(db, campaign);
  const turns = await Promise.all(Array.from({ length: 6 }, () => queueDue(services, null, 100)));
  assert.equal(turns.flat().reduce((sum, { count }) => sum + count, 0), 400);
  await worker.runQueued();
  assert.equal(new Set(smtp.received.map(({ recipient }) => recipient)).size, 400);
  assert.equal(smtp.received.length, 400);
});

onEveryMail("A batch size over 100 is cut into batches of 100", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  await addContacts(services, admin, contacts(250));
  const campaign = await addCampaign(services, admin, campaignInput());
  await worker.runQueued();
  await passDate(db, campaign);
  assert.deepEqual(
    (await queueDue(services, null, 220)).map(({ count, batchCount }) => [count, batchCount]),
    [
      [220, 3],
    ],
  );
  assert.deepEqual((await readBatches(db, campaign.messageId)).map(({ size }) => size), [
    100,
    100,
    20,
  ]);
});

onEveryMail("Sign-ups after a retry of failed welcomes get batches of their own", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp } = mail;
  const { messageId } = await addCampaign(services, admin, welcomeInput());
  smtp.replies.reject = () => "554 5.7.1 Message refused by policy";
  await signUp(services, admin, personAt(1));
  await worker.runQueued();
  assert.deepEqual((await readDeliveries(db, messageId)).map(({ status }) => status), ["FAILED"]);
  smtp.replies.reject = undefined;
  const [delivery] = (await signUp(services, admin, personAt(2))).deliveryIds;
  await worker.runQueued();
  const failed = await services.db.run(FAILED, messageId);
  const ids = failed.map(({ id }) => id);
  await retryDeliveries(services, admin, { ids, force: true });
  await signUp(services, admin, personAt(3));
  await worker.runQueued();
  assert.ok(delivery);
  assert.deepEqual(tally((await readDeliveries(db, messageId)).map(({ status }) => status)), {
    SENT: 3,
  });
  assert.deepEqual((await readBatches(db, messageId)).map(({ number }) => number), [1, 2, 3, 4]);
});

const FAILED = statement<[messageId: string], { id: string }>(
  "test.failedDeliveries",
  "select id from deliveries where message_id = $1 and status = 'FAILED'",
);

onEveryMail("Contacts that have received a campaign elsewhere are not enrolled", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const welcome = await addCampaign(services, admin, welcomeInput());
  const dated = await addCampaign(services, admin, campaignInput({ enabled: false }));
  await addContacts(services, admin, contacts(2));
  const { id } = await contactAt(services, admin, personAt(1));
  await db.transaction((tx) =>
    markReceived(tx, admin.organizationId, [welcome.id, dated.id], [id])
  );
  assert.deepEqual((await signUp(services, admin, personAt(1))).deliveryIds, []);
  assert.equal((await signUp(services, admin, personAt(2))).deliveryIds.length, 1);
  await worker.runQueued();
});

onPostgresMail("The look-up of a cycle reads the open messages by their index", async ({ db }) => {
  await db.transaction(async (tx) => {
    await tx.run(NO_SEQUENTIAL_SCANS);
    const plan = (await tx.run(PLAN)).map((row) => row["QUERY PLAN"]).join("\n");
    assert.match(plan, /messages_open/);
  });
});

const NO_SEQUENTIAL_SCANS = statement<[]>(
  "test.noSequentialScans",
  "set local enable_seqscan = off",
);
