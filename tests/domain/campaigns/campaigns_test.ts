import assert from "node:assert/strict";
import { createCampaign } from "../../../src/domain/campaigns/create.ts";
import { instantOf } from "../../../src/domain/campaigns/date.ts";
import { updateCampaign } from "../../../src/domain/campaigns/update.ts";
import { ConflictError, ForbiddenError } from "../../../src/domain/errors.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { updateMessage } from "../../../src/domain/messages/update.ts";
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
import { onEveryMail } from "../../support/mail.ts";
import { personAt, readDeliveries, readStatus, tally } from "../../support/messages.ts";

function contacts(count: number) {
  return Array.from(
    { length: count },
    (_, n) => ({ email: personAt(n + 1), name: `Person ${n + 1}` }),
  );
}

onEveryMail(
  "createCampaign() enrols existing contacts by a job, but not with the trigger SIGNUP",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    await addContacts(services, admin, contacts(1_200));
    const dated = await addCampaign(services, admin, campaignInput());
    const welcome = await addCampaign(services, admin, welcomeInput());
    await worker.runQueued();
    const deliveries = await readDeliveries(db, dated.messageId);
    assert.equal(new Set(deliveries.map(({ address }) => address)).size, 1_200);
    assert.equal(deliveries.at(-1)?.n, 1_200);
    assert.deepEqual(await readDeliveries(db, welcome.messageId), []);
    assert.equal(smtp.received.length, 0);
  },
);

onEveryMail("createCampaign() refuses invalid fields and writes nothing", async (mail) => {
  const { services, organization: { admin, member } } = mail;
  await addContacts(services, admin, [{ email: "ada@example.net", variables: { plan: "pro" } }]);
  const issues = (overrides: Parameters<typeof campaignInput>[0]) =>
    issuesOf(() => createCampaign(services, admin, campaignInput(overrides)));
  assert.deepEqual(await issues({ sendAt: new Date("2020-01-01T00:00:00Z") }), [
    "sendAt OUT_OF_RANGE",
  ]);
  assert.deepEqual(await issues({ sendAt: null }), ["sendAt REQUIRED"]);
  assert.deepEqual(await issues({ trigger: "SIGNUP" }), ["sendAt NOT_APPLICABLE"]);
  assert.deepEqual(
    await issues({
      sendAt: null,
      localSendAt: { time: "2100-01-01T09:00", timezone: "Mars/Base" },
    }),
    ["localSendAt.timezone MALFORMED"],
  );
  assert.deepEqual(
    await issues({ sendAt: null, localSendAt: { time: "2100-02-30T09:00", timezone: "UTC" } }),
    ["localSendAt.time MALFORMED"],
  );
  assert.deepEqual(await issues({ content: { subject: "{{ plan }} {{ planet }}" } }), [
    "content.subject UNKNOWN_VARIABLE",
  ]);
  assert.deepEqual(await issues({ type: " ", name: "" }), ["type REQUIRED", "name REQUIRED"]);
  await assert.rejects(createCampaign(services, member, campaignInput()), ForbiddenError);
  assert.equal((await createCampaign(services, admin, campaignInput())).created, true);
});

onEveryMail(
  "A type has one campaign per date and one at sign-up; an equal call finds it",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const first = await addCampaign(services, admin, campaignInput());
    const again = await createCampaign(services, admin, campaignInput());
    assert.deepEqual([again.created, again.campaign.id], [false, first.id]);
    assert.deepEqual(
      await issuesOf(() => createCampaign(services, admin, campaignInput({ name: "Another" }))),
      ["sendAt TAKEN"],
    );
    await addCampaign(services, admin, campaignInput({ type: "portfolio_builder" }));
    await addCampaign(services, admin, welcomeInput());
    assert.deepEqual(
      await issuesOf(() => createCampaign(services, admin, welcomeInput({ name: "Another" }))),
      ["type TAKEN"],
    );
    const other = await addCampaign(
      services,
      admin,
      campaignInput({ sendAt: new Date("2101-01-01T00:00:00Z") }),
    );
    assert.deepEqual(
      await issuesOf(() => updateCampaign(services, admin, other.id, { sendAt: first.sendAt })),
      ["sendAt TAKEN"],
    );
  },
);

Deno.test("instantOf() moves a skipped time forward, and takes the first of a repeated one", () => {
  const at = (time: string) => instantOf({ time, timezone: "Europe/Berlin" }).toISOString();
  assert.equal(at("2030-03-30T02:30"), "2030-03-30T01:30:00.000Z");
  assert.equal(at("2030-03-31T02:30"), "2030-03-31T01:30:00.000Z");
  assert.equal(at("2030-03-31T03:00"), "2030-03-31T01:00:00.000Z");
  assert.equal(at("2030-10-27T02:30"), "2030-10-27T00:30:00.000Z");
  assert.equal(at("2030-10-27T03:00:00"), "2030-10-27T02:00:00.000Z");
});

onEveryMail("A disabled campaign stops, and continues once it is enabled again", async (mail) => {
  const { db, services, organization: { admin }, worker, smtp } = mail;
  await addContacts(services, admin, contacts(150));
  const campaign = await addCampaign(services, admin, campaignInput());
  await worker.runQueued();
  await passDate(db, campaign);
  assert.equal((await cycle(services, 100))[0]?.[0]?.count, 100);
  await updateCampaign(services, admin, campaign.id, { enabled: false });
  await worker.runQueued();
  assert.equal(smtp.received.length, 0);
  assert.equal(await readStatus(db, campaign.messageId), "PAUSED");
  assert.deepEqual(await cycle(services), []);
  await assert.rejects(resumeMessage(services, admin, campaign.messageId), ConflictError);
  await updateCampaign(services, admin, campaign.id, { enabled: true });
  await cycle(services);
  await worker.runQueued();
  assert.equal(smtp.received.length, 150);
  // Nothing waits, so that the message ends.
  await updateCampaign(services, admin, campaign.id, { enabled: false });
  assert.equal(await readStatus(db, campaign.messageId), "SENT");
});

onEveryMail(
  "The date of a campaign cannot change while its mails are queued, because they would not wait for it",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    await addContacts(services, admin, contacts(2));
    const campaign = await addCampaign(services, admin, campaignInput());
    await worker.runQueued();
    await passDate(db, campaign);
    await cycle(services);
    const postpone = { sendAt: LATER, enabled: true };
    await updateCampaign(services, admin, campaign.id, { enabled: false });
    const refused = () => updateCampaign(services, admin, campaign.id, postpone);
    assert.deepEqual(await issuesOf(refused), ["sendAt BEING_SENT"]);
    await worker.runQueued();
    assert.equal(smtp.received.length, 0);

    await updateCampaign(services, admin, campaign.id, { enabled: true });
    await worker.runQueued();
    assert.equal(smtp.received.length, 2);
    const { sendAt } = await updateCampaign(services, admin, campaign.id, postpone);
    assert.deepEqual(sendAt, LATER);
  },
);

onEveryMail(
  "Contacts that were added while a campaign was disabled are enrolled when it is enabled",
  async (mail) => {
    const { db, services, organization: { admin }, worker } = mail;
    const campaign = await addCampaign(services, admin, campaignInput({ enabled: false }));
    await signUp(services, admin, "ada@example.net");
    assert.equal(await readStatus(db, campaign.messageId), "PAUSED");
    await updateCampaign(services, admin, campaign.id, { enabled: true });
    await worker.runQueued();
    assert.equal((await readDeliveries(db, campaign.messageId)).length, 1);
    assert.equal(await readStatus(db, campaign.messageId), "SCHEDULED");
  },
);

onEveryMail("updateCampaign() changes the mails that are not sent yet", async (mail) => {
  const { services, organization: { admin }, worker, smtp } = mail;
  const campaign = await addCampaign(services, admin, welcomeInput());
  // Two batches, so that the content is cached by its version.
  await signUp(services, admin, personAt(1));
  await signUp(services, admin, personAt(2));
  await worker.runQueued();
  const changed = await updateCampaign(services, admin, campaign.id, {
    name: "Hello",
    content: { subject: "Hello {{ name }}" },
  });
  assert.deepEqual([changed.name, changed.subject, changed.text], [
    "Hello",
    "Hello {{ name }}",
    null,
  ]);
  await signUp(services, admin, personAt(3));
  await worker.runQueued();
  assert.deepEqual(subjectsOf(smtp), [
    "Welcome Ada",
    "Welcome Ada",
    "Hello Ada",
  ]);
}, () => ({ keepContent: true }));

onEveryMail(
  "The message of a campaign is not cancelled or changed on its own, but paused",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const { messageId, ...campaign } = await addCampaign(services, admin, campaignInput());
    await signUp(services, admin, "ada@example.net");
    await assert.rejects(cancelMessage(services, admin, messageId), ConflictError);
    await assert.rejects(
      updateMessage(services, admin, messageId, { title: "News" }),
      ConflictError,
    );
    await pauseMessage(services, admin, messageId);
    await passDate(db, { messageId, ...campaign });
    assert.deepEqual(await cycle(services), []);
    await resumeMessage(services, admin, messageId);
    await cycle(services);
    await worker.runQueued();
    assert.deepEqual(tally((await readDeliveries(db, messageId)).map(({ status }) => status)), {
      SENT: 1,
    });
    assert.equal(smtp.received.length, 1);
  },
);
