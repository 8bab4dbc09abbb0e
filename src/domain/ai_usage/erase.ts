import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases the calls of the language model. */
export const aiCallsEraser: Eraser = {
  tables: ["ai_calls"],
  count: statement(
    "aiCalls.countAll",
    "select count(*) as count from ai_calls where organization_id = $1",
    LONG,
  ),
  erase: eraseBy(statement(
    "aiCalls.erase",
    `with page as materialized (
       select id from ai_calls where organization_id = $1 and id > $2 order by id limit $3
     ),
     gone as (delete from ai_calls where id = any(array(select id from page)) returning id)
     select (select count(*) from gone) as erased,
       (select id from page order by id desc limit 1) as last`,
    LONG,
  )),
};

/** Erases the sums of calls and the budget. */
export const aiStatsEraser: Eraser = {
  tables: ["ai_stats", "ai_budgets"],
  erase: eraseBy(statement(
    "aiStats.erase",
    `with budgets as (delete from ai_budgets where organization_id = $1),
     stats as (
       delete from ai_stats where ctid = any(array(
         select ctid from ai_stats where organization_id = $1 limit $3))
       returning at
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from stats`,
    LONG,
  )),
};
