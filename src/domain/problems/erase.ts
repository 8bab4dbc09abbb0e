import { eraserByIds, eraserOfChildren, eraserOfRows } from "../eraser.ts";

/** Erases failures that are not counted yet. */
export const reportsEraser = eraserOfRows("problems.eraseReports", "problem_reports");

/** Erases what problems affect. A page of problems is repeated until all of its rows are deleted. */
export const affectedEraser = eraserOfChildren("problems.eraseAffected", "problems", {
  table: "problem_affected",
  key: "problem_id",
});

/** Erases problems, with up to 2,160 hours each; what they affect must be erased before. */
export const problemsEraser = eraserByIds("problems.erase", "problems", {
  maxRows: 20,
  children: [
    { table: "problem_hours", key: "problem_id" },
    { table: "problem_examples", key: "problem_id" },
    { table: "problem_decisions", key: "problem_id" },
  ],
});
