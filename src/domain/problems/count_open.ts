import { type Connection, statement } from "../../db/database.ts";

const COUNT = statement<[], { count: number }>(
  "problems.countOpen",
  "select count(*) as count from problems where state = 'OPEN'",
);

/** Counts the open problems of all organizations, for metrics. */
export async function countOpenProblems(db: Connection): Promise<number> {
  return (await db.run(COUNT))[0]?.count ?? 0;
}
