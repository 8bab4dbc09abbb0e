import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases the suppression list. */
export const suppressionsEraser: Eraser = {
  tables: ["suppressions"],
  count: statement(
    "suppressions.countAll",
    "select count(*) as count from suppressions where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "suppressions.erase",
    `with page as materialized (
       select id from suppressions where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (delete from suppressions where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};
