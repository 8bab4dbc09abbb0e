import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { type ContactRow, importContacts, type ImportedContacts } from "../contacts/import.ts";
import { invalid } from "../errors.ts";
import { parseTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { announceMails, enrolContacts, type Enrolment } from "./enrol.ts";
import { shareCampaigns } from "./lock.ts";
import { markReceived } from "./received.ts";

/** Mails of campaigns that imported contacts get. */
export interface ImportedMails {
  /** Whether they get the mails of campaigns with the trigger SIGNUP. */
  readonly welcome: boolean;
  /** Campaigns whose mails they have received from another sender. */
  readonly receivedIds: readonly string[];
}

const FIND_NAMED = statement<
  [organizationId: string, ids: string[], types: string[]],
  { id: string; type: string }
>(
  "campaigns.findNamed",
  `select id, type from campaigns where organization_id = $1 and (id = any($2) or type = any($3))`,
);

/**
 * Finds campaigns that a client has named.
 *
 * @param names ids (cmp_…), or types, which stand for all of their campaigns
 * @param path of the names in the caller's input
 * @throws {InvalidInputError} naming the first one that is neither
 */
export async function campaignsNamed(
  { db }: Services,
  { organizationId }: Caller,
  names: readonly string[],
  path: readonly string[],
): Promise<string[]> {
  if (names.length === 0) return [];
  const idOf = (name: string) => {
    const parsed = parseTypeId(name);
    return parsed?.noun === "campaign" ? parsed.id : null;
  };
  const found = await db.run(
    FIND_NAMED,
    organizationId,
    names.flatMap((name) => idOf(name) ?? []),
    [
      ...names,
    ],
  );
  const unknown = names.find((name) =>
    !found.some(({ id, type }) => id === idOf(name) || type === name)
  );
  if (unknown === undefined) return found.map(({ id }) => id);
  throw invalid(
    path,
    "UNKNOWN",
    `is neither id nor type of a campaign: ${JSON.stringify(unknown)}`,
  );
}

/**
 * Imports a chunk of contacts as `importContacts` does, and enrols them in the campaigns with a future date.
 *
 * @throws {ForbiddenError} for a MEMBER
 */
export async function importAndEnrol(
  services: Services,
  caller: Caller,
  rows: readonly ContactRow[],
  { welcome, receivedIds }: ImportedMails,
): Promise<ImportedContacts> {
  const { organizationId } = caller;
  let mails: Enrolment[] = [];
  const imported = await importContacts(services, caller, rows, async (tx, contactIds) => {
    await shareCampaigns(tx, [organizationId]);
    await markReceived(tx, organizationId, receivedIds, contactIds);
    const contacts = contactIds.map((contactId) => ({ contactId, welcome }));
    mails = await enrolContacts(tx, [organizationId], contacts);
  });
  announceMails(services, mails);
  return imported;
}
