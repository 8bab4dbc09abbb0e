import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import type { ProblemState } from "./problem.ts";

/** New state of a problem: a decision of a person, or OPEN because of a new failure. */
export interface ProblemDecision {
  readonly at: Date;
  readonly state: ProblemState;
  /** Null for OPEN, or if the caller named no user. */
  readonly userId: string | null;
  readonly note: string | null;
  /** IGNORED: time at which the problem becomes OPEN; null: none. */
  readonly until: Date | null;
  /** IGNORED: number of failures in one hour above which the problem becomes OPEN; null: none. */
  readonly perHour: number | null;
}

/** Maximum number of decisions of a problem that are read. */
export const MAX_DECISIONS = 50;

/**
 * Returns SQL that records decisions, as a part of the statement that changes the problems.
 *
 * @param decided a SELECT of problem id, time, state, user, note, until and per_hour
 */
export function recordDecisions(decided: string): string {
  return `insert into problem_decisions (problem_id, at, state, user_id, note, until, per_hour) ${decided}`;
}

const LIST = statement<
  [problemIds: string[], limit: number],
  ProblemDecision & { problemId: string }
>(
  "problems.decisions",
  `select p.id as "problemId", d.at, d.state, d.user_id as "userId", d.note, d.until,
     d.per_hour as "perHour"
   from unnest($1::uuid[]) p(id), lateral (
     select * from problem_decisions where problem_id = p.id order by id desc limit $2) d
   order by p.id, d.id desc`,
);

/**
 * Reads the last 50 decisions about problems, latest first. The caller must be allowed to see the problems.
 *
 * @returns by the id of the problem; a problem without any is absent
 */
export async function readDecisions(
  { db }: Services,
  problemIds: readonly string[],
): Promise<Map<string, ProblemDecision[]>> {
  const rows = await db.run(LIST, [...problemIds], MAX_DECISIONS);
  return Map.groupBy(rows, ({ problemId }) => problemId);
}
