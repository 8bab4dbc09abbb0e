import { LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases failures that are not counted yet. */
export const reportsEraser: Eraser = {
  tables: ["problem_reports"],
  erase: eraseBy(statement(
    "problems.eraseReports",
    `with gone as (
       delete from problem_reports where ctid = any(array(
         select ctid from problem_reports where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

/** Erases what problems affect. A page of problems is repeated until all of its rows are deleted. */
export const affectedEraser: Eraser = {
  tables: ["problem_affected"],
  erase: eraseBy(statement(
    "problems.eraseAffected",
    `with page as materialized (
       select id from problems where organization_id = $1 and id > $2 order by id limit 100
     ),
     gone as (
       delete from problem_affected where ctid = any(array(
         select ctid from problem_affected
         where problem_id = any(array(select id from page)) limit $3))
       returning 1
     ),
     counted as (select count(*) as rows from gone)
     select rows as erased, case
       when rows < $3 then (select id from page order by id desc limit 1) else $2 end as last
     from counted`,
    LONG,
  )),
};

/** Erases problems, with up to 2,160 hours each; what they affect must be erased before. */
export const problemsEraser: Eraser = {
  tables: ["problems", "problem_hours", "problem_examples", "problem_decisions"],
  erase: eraseBy(statement(
    "problems.erase",
    `with page as materialized (
       select id from problems where organization_id = $1 and id > $2 order by id
       limit least($3::int, 20)
     ),
     hours as (delete from problem_hours where problem_id = any(array(select id from page))),
     examples as (delete from problem_examples where problem_id = any(array(select id from page))),
     decisions as (delete from problem_decisions where problem_id = any(array(select id from page))),
     gone as (delete from problems where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};
