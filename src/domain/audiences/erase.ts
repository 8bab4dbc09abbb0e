import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/**
 * Erases the recipients of audiences, and ends their imports, so that no further ones are added. A page of
 * audiences is repeated until all of its rows are deleted.
 */
export const recipientsEraser: Eraser = {
  tables: ["audience_recipients"],
  count: statement(
    "audiences.countRecipients",
    `select coalesce(sum(recipient_count), 0)::int as count from audiences
     where organization_id = $1`,
    LONG,
  ),
  erase: eraseBy(statement(
    "audiences.eraseRecipients",
    `with page as materialized (
       select id from audiences where organization_id = $1 and id > $2 order by id limit 100
     ),
     stopped as (
       update audiences set import_status = 'FAILED'
       where id = any(array(select id from page)) and import_status = 'RUNNING'
     ),
     gone as (
       delete from audience_recipients where ctid = any(array(
         select ctid from audience_recipients
         where audience_id = any(array(select id from page)) limit $3))
       returning n
     ),
     counted as (select count(*) as recipients from gone)
     select recipients as erased, case
       when recipients < $3 then (select id from page order by id desc limit 1) else $2 end as last
     from counted`,
    LONG,
  )),
};

/** Erases audiences without recipients, with the up to 1,000 rows that each of their imports refused. */
export const audiencesEraser: Eraser = {
  tables: ["audiences", "audience_refused_rows"],
  erase: eraseBy(statement(
    "audiences.erase",
    `with page as materialized (
       select id from audiences where organization_id = $1 and id > $2 order by id
       limit least($3, 20)
     ),
     rows as (delete from audience_refused_rows where audience_id = any(array(select id from page))),
     gone as (
       delete from audiences a where id = any(array(select id from page))
         and not exists (select from audience_recipients where audience_id = a.id)
       returning id
     )
     select (select count(*) from gone) as erased,
       (select id from page order by id desc limit 1) as last`,
    LONG,
  )),
};
