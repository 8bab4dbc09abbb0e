import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser, eraserByIds } from "../eraser.ts";

/** Erases the calls of the language model. */
export const aiCallsEraser = eraserByIds("aiCalls.erase", "ai_calls", {
  countLabel: "aiCalls.countAll",
});

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
