import { statement } from "../../db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import { BUILT_IN_SCHEDULES, type BuiltInSchedule, nextTick } from "./schedule.ts";

const NOW = statement<[], { now: Date }>("schedules.now", "select now()");

// An existing row is kept, because an operator may have edited it.
const INSERT_BUILT_IN = statement<
  [
    id: string,
    organizationId: string,
    name: string,
    description: BuiltInSchedule["description"],
    kind: BuiltInSchedule["kind"],
    cron: string,
    nextAt: Date | null,
  ]
>(
  "schedules.insertBuiltIn",
  `insert into schedules (id, organization_id, name, description, kind, cron, next_at)
   values ($1, $2, $3, $4, $5, $6, $7) on conflict (organization_id, name) do nothing`,
);

/**
 * Inserts the built-in schedules that are missing. Existing rows are kept. Any number of replicas may
 * call it at once.
 */
export async function ensureBuiltInSchedules({ db }: Services): Promise<void> {
  const now = await databaseTime({ db });
  for (const { name, description, kind, cron } of BUILT_IN_SCHEDULES) {
    const nextAt = nextTick(cron, "UTC", now);
    await db.run(
      INSERT_BUILT_IN,
      newId(),
      SYSTEM_ORGANIZATION_ID,
      name,
      description,
      kind,
      cron,
      nextAt,
    );
  }
}

async function databaseTime({ db }: Pick<Services, "db">): Promise<Date> {
  const [row] = await db.run(NOW);
  if (!row) throw new Error("Cannot read the time of the database: it returned no row");
  return row.now;
}
