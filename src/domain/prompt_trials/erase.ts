import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { ErasedUser, Person } from "../person.ts";

/** Erases the results of trials. */
export const trialResultsEraser: Eraser = {
  tables: ["prompt_trial_results"],
  erase: eraseBy(statement(
    "promptTrials.eraseResults",
    `with page as materialized (
       select id from prompt_trials where organization_id = $1 and id > $2 order by id limit 100
     ),
     gone as (
       delete from prompt_trial_results where ctid = any(array(
         select ctid from prompt_trial_results
         where trial_id = any(array(select id from page)) limit $3))
       returning position
     ),
     counted as (select count(*) as results from gone)
     select results as erased, case
       when results < $3 then (select id from page order by id desc limit 1) else $2 end as last
     from counted`,
    LONG,
  )),
};

/** Erases trials of prompts; their results must be erased before. */
export const trialsEraser: Eraser = {
  tables: ["prompt_trials"],
  erase: eraseBy(statement(
    "promptTrials.erase",
    `with gone as (
       delete from prompt_trials where ctid = any(array(
         select ctid from prompt_trials where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

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
