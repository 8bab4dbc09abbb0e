import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser, eraserByIds, eraserOfRows } from "../eraser.ts";

/** Erases deliveries and their attempts. */
export const deliveriesEraser = eraserByIds("deliveries.erase", "deliveries", {
  countLabel: "deliveries.countAll",
  children: [{ table: "delivery_attempts", key: "delivery_id" }],
});

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
export const minutesEraser = eraserOfRows("deliveries.eraseMinutes", "delivery_minutes");
