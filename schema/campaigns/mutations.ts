import type { Campaign } from "../../src/domain/campaigns/campaign.ts";
import { createCampaign } from "../../src/domain/campaigns/create.ts";
import { updateCampaign } from "../../src/domain/campaigns/update.ts";
import { fromTypeId } from "../../src/domain/id.ts";
import { builder } from "../kit/builder.ts";
import { chosenTemplate, ContentInput } from "../messages/content.ts";
import { CampaignNode, CampaignTrigger } from "./campaign.ts";

const LocalTimeInput = builder.inputType("LocalTimeInput", {
  description: "Local time in a time zone.",
  fields: (t) => ({
    time: t.string({
      required: true,
      description:
        "Local time, such as `2030-03-31T09:00`. A time that a clock change skips is moved " +
        "forward by the gap; of a repeated time, the first is used.",
    }),
    timezone: t.string({ required: true, description: "IANA time zone, such as Europe/Berlin." }),
  }),
});

const TEMPLATE =
  "Id of a template, whose latest version is copied as the content: tpl_…. A later version is " +
  "used only after `updateCampaign` names the template again.";
const SEND_AT = "Time from which its mails are sent; a past one is refused. Trigger DATE only.";
const LOCAL_SEND_AT = "`sendAt` as local time in a time zone; either this or `sendAt`.";
const LATE =
  "True: contacts that are created after the date get the mail in the next cycle. Trigger DATE " +
  "only.";

const CreateCampaignInput = builder.inputType("CreateCampaignInput", {
  description: "Fields of a new campaign.",
  fields: (t) => ({
    type: t.string({
      required: true,
      description: "Type of its mails, a free name of 1 to 100 characters.",
    }),
    name: t.string({
      required: true,
      description: "Internal name, 1 to 200 characters; recipients do not see it.",
    }),
    trigger: t.field({
      type: CampaignTrigger,
      required: true,
      description: "Event that triggers its mails.",
    }),
    sendAt: t.field({ type: "DateTime", description: SEND_AT }),
    localSendAt: t.field({ type: LocalTimeInput, description: LOCAL_SEND_AT }),
    content: t.field({
      type: ContentInput,
      description:
        "Content of its mails. Either `content` or `templateId`. Variables have the values of the " +
        "contact at the time its mail is due; a variable that no contact has is refused. Each " +
        "mail has an unsubscribe link.",
    }),
    templateId: t.id({ description: TEMPLATE }),
    enabled: t.boolean({
      required: true,
      defaultValue: true,
      description: "False: no contact is enrolled until `updateCampaign` enables it.",
    }),
    sendToLateContacts: t.boolean({ required: true, defaultValue: false, description: LATE }),
  }),
});

const UpdateCampaignInput = builder.inputType("UpdateCampaignInput", {
  description: "Changes of a campaign; an absent field keeps its value. Null is refused.",
  fields: (t) => ({
    name: t.string({ description: "New name, 1 to 200 characters." }),
    sendAt: t.field({ type: "DateTime", description: SEND_AT }),
    localSendAt: t.field({ type: LocalTimeInput, description: LOCAL_SEND_AT }),
    content: t.field({
      type: ContentInput,
      description: "New content; replaces subject, text and html together.",
    }),
    templateId: t.id({ description: TEMPLATE }),
    enabled: t.boolean({
      description:
        "False: stops sending at once; results of mails in flight are still recorded. True: " +
        "continues, at once if the date has passed meanwhile.",
    }),
    sendToLateContacts: t.boolean({ description: LATE }),
  }),
});

const CreateCampaignPayload = builder
  .objectRef<{ campaign: Campaign; created: boolean }>("CreateCampaignPayload")
  .implement({
    description: "Campaign that was created or found.",
    fields: (t) => ({
      campaign: t.field({
        type: CampaignNode,
        description: "New campaign, or the equal one that exists.",
        resolve: ({ campaign }) => campaign,
      }),
      created: t.exposeBoolean("created", {
        description: "False if an equal campaign of the same type and date exists.",
      }),
    }),
  });

const UpdateCampaignPayload = builder.objectRef<Campaign>("UpdateCampaignPayload").implement({
  description: "Updated campaign.",
  fields: (t) => ({
    campaign: t.field({
      type: CampaignNode,
      description: "Campaign after the update.",
      resolve: (campaign) => campaign,
    }),
  }),
});

builder.mutationFields((t) => ({
  createCampaign: t.field({
    type: CreateCampaignPayload,
    nullable: true,
    errors: {},
    description: "Creates a campaign. With the trigger DATE, a job enrols the existing contacts; " +
      "`registerContact` enrols new ones. With SIGNUP, contacts that signed up earlier get no " +
      "mail. ADMIN and OPERATOR only, else ForbiddenError. Refuses a date in the past, an unknown " +
      "time zone, a variable that no contact has, and another campaign of the same type and date " +
      "with InvalidInputError.",
    args: {
      input: t.arg({
        type: CreateCampaignInput,
        required: true,
        description: "Fields of the new campaign.",
      }),
    },
    resolve: (_root, { input }, { services, caller }) =>
      createCampaign(services, caller, { ...input, templateId: chosenTemplate(input.templateId) }),
  }),
  updateCampaign: t.field({
    type: UpdateCampaignPayload,
    nullable: true,
    errors: {},
    description:
      "Changes a campaign. Mails that are not being sent yet get the new content. A job enrols " +
      "the contacts that match the changed campaign; no contact gets its mail twice. ADMIN and " +
      "OPERATOR only, else ForbiddenError. Refuses an unknown id with NotFoundError; the same faults " +
      "as `createCampaign`, and another date while mails for the current date are queued, with " +
      "InvalidInputError.",
    args: {
      id: t.arg.id({ required: true, description: "Id of the campaign: cmp_…" }),
      input: t.arg({ type: UpdateCampaignInput, required: true, description: "Changes to make." }),
    },
    resolve: (_root, { id, input }, { services, caller }) =>
      updateCampaign(services, caller, fromTypeId("campaign", id), {
        ...input,
        templateId: chosenTemplate(input.templateId),
      }),
  }),
}));
