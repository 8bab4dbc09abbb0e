import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Campaign } from "./campaign.ts";

/** Columns of a campaign `c` and its message `m` under the names of `Campaign`. */
export const CAMPAIGN_COLUMNS = [
  "c.id",
  "c.organization_id as organizationId",
  "c.message_id as messageId",
  "c.type",
  "m.title as name",
  "c.trigger",
  "c.send_at as sendAt",
  "c.timezone",
  "c.enabled",
  "c.send_to_late_contacts as sendToLateContacts",
  "m.subject",
  "m.text_body as text",
  "m.html_body as html",
  "m.template_id as templateId",
  "m.template_version as templateVersion",
  "c.created_at as createdAt",
  "c.updated_at as updatedAt",
] as const;

const SELECT = `select ${columnList(CAMPAIGN_COLUMNS)}
  from campaigns c join messages m on m.id = c.message_id`;

const FIND = statement<[organizationId: string, ids: string[]], Campaign>(
  "campaigns.find",
  `${SELECT} where c.organization_id = $1 and c.id = any($2)`,
);

const FIND_SAME = statement<
  [organizationId: string, type: string, sendAt: Date | null],
  Campaign
>(
  "campaigns.findSame",
  `${SELECT} where c.organization_id = $1 and c.type = $2 and c.send_at is not distinct from $3`,
);

const FIND_ANYWHERE = statement<[ids: string[]], Campaign>(
  "campaigns.findAnywhere",
  `${SELECT} where c.id = any($1)`,
);

/** Finds campaigns by id in all organizations. The caller must check access. */
export function findCampaigns(
  { db }: { readonly db: Connection },
  ids: readonly string[],
): Promise<Campaign[]> {
  return db.run(FIND_ANYWHERE, [...ids]);
}

/** Finds the campaigns of the caller's organization with these ids, in any order. */
export function campaignsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Campaign[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/**
 * Finds a campaign of the caller's organization.
 *
 * @throws {NotFoundError}
 */
export async function getCampaign(
  services: Pick<Services, "db"> | { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<Campaign> {
  const [campaign] = await campaignsById(services, caller, [id]);
  if (!campaign) throw new NotFoundError([toTypeId("campaign", id)]);
  return campaign;
}

/** Finds the campaign of a type with this date. */
export async function findSameCampaign(
  tx: Connection,
  organizationId: string,
  { type, sendAt }: Pick<Campaign, "type" | "sendAt">,
): Promise<Campaign | undefined> {
  const [campaign] = await tx.run(FIND_SAME, organizationId, type, sendAt);
  return campaign;
}
