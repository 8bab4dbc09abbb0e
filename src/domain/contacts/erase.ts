import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases contacts. */
export const contactsEraser: Eraser = {
  tables: ["contacts"],
  count: statement(
    "contacts.countAll",
    "select count(*) as count from contacts where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "contacts.erase",
    `with page as materialized (
       select id from contacts where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (delete from contacts where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};
