import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { Person } from "../person.ts";

/** Erases the enrolments of campaigns. A page of campaigns is repeated until all of its rows are deleted. */
export const enrolmentsEraser: Eraser = {
  tables: ["enrolments"],
  erase: eraseBy(statement(
    "campaigns.eraseEnrolments",
    `with page as materialized (
       select id from campaigns where organization_id = $1 and id > $2 order by id limit 100
     ),
     gone as (
       delete from enrolments where ctid = any(array(
         select ctid from enrolments where campaign_id = any(array(select id from page)) limit $3))
       returning contact_id
     )
     select count(*) as erased, case when count(*) = $3 then $2
       else (select id from page order by id desc limit 1) end as last
     from gone`,
    LONG,
  )),
};

/** Erases campaigns; their enrolments must be erased before. */
export const campaignsEraser: Eraser = {
  tables: ["campaigns"],
  erase: eraseBy(statement(
    "campaigns.erase",
    `with page as materialized (
       select id from campaigns where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (delete from campaigns where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};

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
