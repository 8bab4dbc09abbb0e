import assert from "node:assert/strict";
import { updateCampaign } from "../../../src/domain/campaigns/update.ts";
import { saveTemplate } from "../../../src/domain/templates/save.ts";
import { addCampaign, signUp, welcomeInput } from "../../support/campaigns.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail } from "../../support/mail.ts";

onEveryMail(
  "A campaign copies a version of a template, and a later one when it is updated",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const save = async (subject: string) =>
      (await saveTemplate(services, admin, { name: "Welcome", content: { subject } })).template.id;
    const templateId = await save("First");
    const input = welcomeInput({ content: null, templateId });
    const campaign = await addCampaign(services, admin, input);
    assert.deepEqual([campaign.subject, campaign.templateVersion], ["First", 1]);
    await save("Second {{ planet }}");
    await signUp(services, admin, "ada@example.net");
    assert.deepEqual(
      await issuesOf(() => updateCampaign(services, admin, campaign.id, { templateId })),
      ["templateId UNKNOWN_VARIABLE"],
    );
    await save("Third");
    const updated = await updateCampaign(services, admin, campaign.id, { templateId });
    assert.deepEqual([updated.subject, updated.templateVersion], ["Third", 3]);
    const content = { subject: "Own" };
    const own = await updateCampaign(services, admin, campaign.id, { content });
    assert.deepEqual([own.subject, own.templateId], ["Own", null]);
  },
);
