import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases deliveries and their attempts. */
export const deliveriesEraser: Eraser = {
  tables: ["deliveries", "delivery_attempts"],
  count: statement(
    "deliveries.countAll",
    "select count(*) as count from deliveries where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "deliveries.erase",
    `with page as materialized (
       select id from deliveries where organization_id = $1 and id > $2 order by id limit $3
     ),
     attempts as (delete from delivery_attempts where delivery_id = any(array(select id from page))),
     gone as (delete from deliveries where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};

/**
 * Erases the batches and counters of messages, which have no index on their organization. A page of messages is
 * repeated until all of its rows are deleted.
 */
export const batchesEraser: Eraser = {
  tables: ["batches", "delivery_stats"],
  erase: eraseBy(statement(
    "batches.erase",
    `with page as materialized (
       select id from messages where organization_id = $1 and id > $2 order by id limit 100
     ),
     stats as (
       delete from delivery_stats where ctid = any(array(
         select ctid from delivery_stats where message_id = any(array(select id from page)) limit $3))
       returning batch_id
     ),
     gone as (
       delete from batches where id = any(array(
         select id from batches where message_id = any(array(select id from page)) limit $3))
       returning id
     ),
     counted as (
       select (select count(*) from gone) as batches, (select count(*) from stats) as stats
     )
     select batches as erased, case
       when greatest(batches, stats) < $3 then (select id from page order by id desc limit 1)
       else $2 end as last
     from counted`,
    LONG,
  )),
};

/** Erases the counts by minute. */
export const minutesEraser: Eraser = {
  tables: ["delivery_minutes"],
  erase: eraseBy(statement(
    "deliveries.eraseMinutes",
    `with gone as (
       delete from delivery_minutes where ctid = any(array(
         select ctid from delivery_minutes where organization_id = $1 limit $3))
       returning minute
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};
