import type { Campaign } from "../../src/domain/campaigns/campaign.ts";
import type { DeliveryStats } from "../../src/domain/deliveries/stats.ts";
import { campaignsById } from "../../src/domain/campaigns/find.ts";
import { listCampaigns } from "../../src/domain/campaigns/list.ts";
import { DeliveryStatsObject, statsOf } from "../deliveries/stats.ts";
import { builder } from "../kit/builder.ts";
import { connectionNames } from "../kit/connection.ts";
import { checkFilter } from "../kit/filter.ts";
import { lookupId } from "../kit/global_id.ts";
import { ContentObject } from "../messages/content.ts";
import { MessageNode } from "../messages/message.ts";
import { TemplateNode } from "../templates/template.ts";

export const CampaignTrigger = builder.enumType("CampaignTrigger", {
  description: "Event that triggers the mails of a campaign.",
  values: {
    SIGNUP: { description: "Sign-up: `registerContact` sends the mail of the contact at once." },
    DATE: { description: "Date: the mails of all enrolled contacts are due at `sendAt`." },
  },
});

/** A campaign, with the values that were read together with it; the rest is loaded on demand. */
export interface CampaignState extends Campaign {
  /** Absent: not read. */
  readonly stats?: DeliveryStats;
}

/** A campaign: a mail that is sent to each contact once. */
export const CampaignNode = builder.loadableNodeRef("Campaign", {
  id: { resolve: ({ id }: CampaignState) => id },
  load: (ids: string[], { services, caller }): Promise<CampaignState[]> =>
    campaignsById(services, caller, ids),
  sort: ({ id }) => id,
  loaderOptions: { cache: false },
});

CampaignNode.implement({
  description:
    "Campaign: a mail that is sent to each contact once, at its sign-up or at a date. Its " +
    "deliveries belong to one message, to which recipients are added while the campaign is " +
    "enabled.",
  fields: (t) => ({
    type: t.exposeString("type", {
      description:
        "Type of its mails, a free name (welcome, search_engine …), for reports and for fair " +
        "share: no type blocks another.",
    }),
    name: t.exposeString("name", { description: "Internal name; recipients do not see it." }),
    trigger: t.expose("trigger", {
      type: CampaignTrigger,
      description: "Event that triggers its mails.",
    }),
    sendAt: t.expose("sendAt", {
      type: "DateTime",
      nullable: true,
      description: "Time from which its mails are sent; null for the trigger SIGNUP.",
    }),
    timezone: t.exposeString("timezone", {
      nullable: true,
      description:
        "IANA time zone of `localSendAt`; null if the date was given as `sendAt`, or there is " +
        "none.",
    }),
    enabled: t.exposeBoolean("enabled", {
      description:
        "False: no contact is enrolled and nothing is sent; waiting mails are sent once it is " +
        "enabled again.",
    }),
    sendToLateContacts: t.exposeBoolean("sendToLateContacts", {
      description:
        "True: contacts that are created after `sendAt` get the mail in the next cycle. No effect " +
        "with the trigger SIGNUP.",
    }),
    content: t.field({
      type: ContentObject,
      description: "Content as Liquid templates.",
      resolve: ({ subject, text, html }) => ({ subject, text, html }),
    }),
    template: t.field({
      type: TemplateNode,
      nullable: true,
      description: "Template that the content was copied from; null if it was written for it.",
      resolve: ({ templateId }) => templateId,
    }),
    templateVersion: t.exposeInt("templateVersion", {
      nullable: true,
      description: "Version of the template that the content was copied from; null if none.",
    }),
    stats: t.field({
      type: DeliveryStatsObject,
      description:
        "Counts of its mails by state: `total` is the number of enrolled contacts, `pending` the " +
        "number of mails that wait for the date or to be queued.",
      resolve: async ({ messageId, stats }, _args, context) => {
        const read = stats ?? await statsOf(context, messageId);
        if (!read) throw new Error(`Cannot read the stats of message ${messageId}: it has no row`);
        return read;
      },
    }),
    message: t.field({
      type: MessageNode,
      nullable: true,
      description: "Message with its deliveries; null for a MEMBER who did not create it.",
      resolve: ({ messageId }) => messageId,
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "Time of creation." }),
    updatedAt: t.expose("updatedAt", { type: "DateTime", description: "Time of the last change." }),
  }),
});

builder.objectField(MessageNode, "campaign", (t) =>
  t.field({
    type: CampaignNode,
    nullable: true,
    description: "Campaign that adds its recipients; null if it has fixed recipients.",
    resolve: ({ campaignId }) => campaignId,
  }));

const CampaignFilter = builder.inputType("CampaignFilter", {
  description:
    "Filter of campaigns: all fields must match, within a list any value. Absent or null: no " +
    "limit; an empty list is an InvalidInputError.",
  fields: (t) => ({
    types: t.stringList({ description: "Types of the campaign." }),
    triggers: t.field({ type: [CampaignTrigger], description: "Triggers of the campaign." }),
    enabled: t.boolean({ description: "True: enabled campaigns; false: disabled ones." }),
  }),
});

builder.queryFields((t) => ({
  campaign: t.field({
    type: CampaignNode,
    nullable: true,
    description: "Campaign with this id; null if it does not exist.",
    args: { id: t.arg.id({ required: true, description: "Id of the campaign: cmp_…" }) },
    resolve: (_root, { id }) => lookupId("campaign", id),
  }),
  campaigns: t.connection({
    type: CampaignNode,
    description: "Campaigns of the organization, newest first; visible to all roles.",
    args: {
      filter: t.arg({ type: CampaignFilter, description: "Filter of the campaigns; absent: all." }),
    },
    resolve: (_root, { filter, ...page }, { services, caller }) =>
      listCampaigns(services, caller, checkFilter(filter), page),
  }, ...connectionNames("Campaign")),
}));
