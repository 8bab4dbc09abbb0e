import { queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import type { Campaign, CampaignTrigger } from "./campaign.ts";
import { CAMPAIGN_COLUMNS } from "./find.ts";

/** Filter of a list of campaigns: fields are combined with AND, values of a field with OR. */
export interface CampaignFilter {
  readonly types?: readonly string[] | null;
  readonly triggers?: readonly CampaignTrigger[] | null;
  readonly enabled?: boolean | null;
}

interface Tables {
  campaigns: {
    id: string;
    organization_id: string;
    message_id: string;
    type: string;
    trigger: CampaignTrigger;
    send_at: Date | null;
    timezone: string | null;
    enabled: boolean;
    send_to_late_contacts: boolean;
    created_at: Date;
    updated_at: Date;
  };
  messages: {
    id: string;
    title: string;
    subject: string;
    text_body: string | null;
    html_body: string | null;
    template_id: string | null;
    template_version: number | null;
  };
}

/**
 * Reads a page of the campaigns of the caller's organization, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listCampaigns(
  { db }: Services,
  { organizationId }: Caller,
  { types, triggers, enabled }: CampaignFilter,
  page: PageArgs,
): Promise<Page<Campaign>> {
  let query = queryBuilder<Tables>().selectFrom("campaigns as c")
    .innerJoin("messages as m", "m.id", "c.message_id")
    .select(CAMPAIGN_COLUMNS)
    .where("c.organization_id", "=", organizationId);
  if (types) query = query.where("c.type", "in", [...types]);
  if (triggers) query = query.where("c.trigger", "in", [...triggers]);
  if (enabled != null) query = query.where("c.enabled", "=", enabled);
  return listPage(db, query, byId("desc", "c.id"), page);
}
