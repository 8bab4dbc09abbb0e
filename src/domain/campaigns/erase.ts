import { type Connection, statement } from "../../db/database.ts";
import { eraserByIds, eraserOfChildren } from "../eraser.ts";
import type { Person } from "../person.ts";

/** Erases the enrolments of campaigns. A page of campaigns is repeated until all of its rows are deleted. */
export const enrolmentsEraser = eraserOfChildren("campaigns.eraseEnrolments", "campaigns", {
  table: "enrolments",
  key: "campaign_id",
});

/** Erases campaigns; their enrolments must be erased before. */
export const campaignsEraser = eraserByIds("campaigns.erase", "campaigns");

const ERASE_PERSON = statement<
  [organizationId: string, contactId: string],
  { campaignId: string }
>(
  "campaigns.erasePerson",
  `delete from enrolments where organization_id = $1 and contact_id = $2
   returning campaign_id as "campaignId"`,
);

/** Erases the enrolments of a person. */
export async function eraseEnrolments(
  db: Connection,
  { organizationId, contactId }: Person,
): Promise<number> {
  return (await db.run(ERASE_PERSON, organizationId, contactId)).length;
}
