import assert from "node:assert/strict";
import { campaignsNamed, importAndEnrol } from "../../../src/domain/campaigns/import.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import {
  addCampaign,
  campaignInput,
  cycle,
  passDate,
  signUp,
  welcomeInput,
} from "../../support/campaigns.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail } from "../../support/mail.ts";
import { readDeliveries } from "../../support/messages.ts";

const ROWS = [{ line: 2, contact: { email: "ada@example.net", name: "Ada" } }];

onEveryMail(
  "Imported contacts get mails of later dates, and a welcome if it is asked for",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const welcome = await addCampaign(services, admin, welcomeInput());
    const dated = await addCampaign(services, admin, campaignInput());
    await importAndEnrol(services, admin, ROWS, { welcome: false, receivedIds: [] });
    assert.deepEqual(await readDeliveries(db, welcome.messageId), []);
    await importAndEnrol(services, admin, ROWS, { welcome: true, receivedIds: [] });
    await passDate(db, dated);
    await cycle(services);
    await worker.runQueued();
    assert.equal(smtp.received.length, 2);
  },
);

onEveryMail(
  "Imported contacts that have received campaigns elsewhere are not sent them",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const welcome = await addCampaign(services, admin, welcomeInput());
    await addCampaign(services, admin, campaignInput());
    const names = ["search_engine", toTypeId("campaign", welcome.id)];
    const receivedIds = await campaignsNamed(services, admin, names, ["received"]);
    assert.equal(receivedIds.length, 2);
    await importAndEnrol(services, admin, ROWS, { welcome: true, receivedIds });
    assert.deepEqual((await signUp(services, admin, "ada@example.net")).deliveryIds, []);
    assert.deepEqual(
      await issuesOf(() => campaignsNamed(services, admin, ["news"], ["received"])),
      ["received UNKNOWN"],
    );
  },
);
