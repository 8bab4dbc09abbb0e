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
