import { statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases schedules, with their fires. */
export const schedulesEraser: Eraser = {
  tables: ["schedules"],
  erase: eraseBy(statement(
    "schedules.erase",
    `with gone as (
       delete from schedules where id = any(array(
         select id from schedules where organization_id = $1 and id > $2 order by id limit $3))
       returning id
     )
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from gone`,
  )),
};

/** Erases the fires of built-in schedules that covered the organization only. */
export const firesEraser: Eraser = {
  tables: ["schedule_fires"],
  erase: eraseBy(statement(
    "schedules.eraseFires",
    `with gone as (
       delete from schedule_fires where ctid = any(array(
         select ctid from schedule_fires where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
  )),
};
