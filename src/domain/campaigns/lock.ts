import { type Connection, statement } from "../../db/database.ts";

const KEY = "hashtextextended('campaigns ' || id, 0)";

const SHARE = statement<[organizationIds: string[]]>(
  "campaigns.share",
  `select pg_advisory_xact_lock_shared(${KEY}) from unnest($1::uuid[]) as u(id)`,
);

const LOCK = statement<[organizationId: string]>(
  "campaigns.lock",
  `select pg_advisory_xact_lock(${KEY}) from unnest(array[$1::uuid]) as u(id)`,
);

/**
 * Takes a shared lock on the campaigns of organizations until the end of the transaction; `lockCampaigns` takes the
 * exclusive one. So a contact that is registered while a campaign changes is enrolled exactly once: by its own
 * transaction, which sees the change, or by the job of the change, which sees the contact.
 */
export async function shareCampaigns(
  tx: Connection,
  organizationIds: readonly string[],
): Promise<void> {
  await tx.run(SHARE, [...organizationIds]);
}

/** Waits until no other transaction changes or shares the campaigns of the organization. */
export async function lockCampaigns(tx: Connection, organizationId: string): Promise<void> {
  await tx.run(LOCK, organizationId);
}
