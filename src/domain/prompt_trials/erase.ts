import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserOfChildren, eraserOfRows } from "../eraser.ts";
import type { ErasedUser, Person } from "../person.ts";

/** Erases the results of trials. */
export const trialResultsEraser = eraserOfChildren("promptTrials.eraseResults", "prompt_trials", {
  table: "prompt_trial_results",
  key: "trial_id",
});

/** Erases trials of prompts; their results must be erased before. */
export const trialsEraser = eraserOfRows("promptTrials.erase", "prompt_trials");

const ERASE_CONTACT = statement<
  [organizationId: string, contactId: string, limit: number],
  { position: number }
>(
  "promptTrials.eraseContact",
  `delete from prompt_trial_results where ctid = any(array(
     select ctid from prompt_trial_results
     where organization_id = $1 and contact_id = $2 limit $3))
   returning position`,
  LONG,
);

/** Erases the results that contain the text of a contact. */
export async function eraseFromTrials(
  db: Connection,
  { organizationId, contactId }: Person,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE_CONTACT, organizationId, contactId, limit)).length;
}

const ERASE_USER = statement<[organizationId: string, userId: string], { id: string }>(
  "promptTrials.eraseUser",
  `update prompt_trials set created_by = null where organization_id = $1 and created_by = $2
   returning id`,
  LONG,
);

/** Removes a user from the trials that it has started. */
export async function eraseUserFromTrials(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  return (await db.run(ERASE_USER, organizationId, userId)).length;
}
