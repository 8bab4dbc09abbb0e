import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases templates with their versions: a page is repeated until all versions of it are deleted. */
export const templatesEraser: Eraser = {
  tables: ["templates", "template_versions"],
  erase: eraseBy(statement(
    "templates.erase",
    `with page as materialized (
       select id from templates where organization_id = $1 and id > $2 order by id limit $3
     ),
     versions as (
       delete from template_versions where ctid = any(array(
         select ctid from template_versions
         where template_id = any(array(select id from page)) limit $3))
       returning version
     ),
     gone as (
       delete from templates t where id = any(array(select id from page))
         and not exists (select from template_versions where template_id = t.id)
       returning id
     ),
     counted as (select (select count(*) from versions) as versions, (select count(*) from gone) as gone)
     select gone as erased, case
       when versions = 0 then (select id from page order by id desc limit 1) else $2 end as last
     from counted`,
    LONG,
  )),
};
