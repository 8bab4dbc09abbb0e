import { type Connection, statement } from "../../db/database.ts";

const NOW = statement<[], { now: Date }>("schedules.now", "select now()");

/** Reads the time of the database, from which all ticks are computed, because the clocks of processes differ. */
export async function readDatabaseTime(db: Connection): Promise<Date> {
  const [row] = await db.run(NOW);
  if (!row) throw new Error("Cannot read the time of the database: it returned no row");
  return row.now;
}
