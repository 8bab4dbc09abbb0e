import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases the items of bulk actions. A page of actions is repeated until all of its rows are deleted. */
export const itemsEraser: Eraser = {
  tables: ["bulk_action_items"],
  erase: eraseBy(statement(
    "bulkActions.eraseItems",
    `with page as materialized (
       select id from bulk_actions where organization_id = $1 and id > $2 order by id limit 100
     ),
     gone as (
       delete from bulk_action_items where ctid = any(array(
         select ctid from bulk_action_items
         where action_id = any(array(select id from page)) limit $3))
       returning n
     ),
     counted as (select count(*) as items from gone)
     select items as erased, case
       when items < $3 then (select id from page order by id desc limit 1) else $2 end as last
     from counted`,
    LONG,
  )),
};

/** Erases bulk actions; their items must be erased before. */
export const bulkActionsEraser: Eraser = {
  tables: ["bulk_actions"],
  erase: eraseBy(statement(
    "bulkActions.erase",
    `with page as materialized (
       select id from bulk_actions where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (delete from bulk_actions where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};
