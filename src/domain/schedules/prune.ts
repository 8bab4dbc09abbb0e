import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

// Without a limit, 1,000 schedules that tick each minute would keep 43 million rows.
const MAX_FIRES = 1_000;
const CHUNK = 100;
const NIL_UUID = "00000000-0000-0000-0000-000000000000";

interface Pruned {
  readonly pruned: number;
  /** Last schedule that was examined; null: there are no more. */
  readonly last: string | null;
}

const PRUNE = statement<
  [keepMs: number, keepCount: number, after: string, limit: number],
  Pruned
>(
  "schedules.pruneFires",
  `with page as materialized (
     select id, greatest(now() - $1::float8 * interval '1 millisecond', (
       select nominal_at from schedule_fires where schedule_id = schedules.id
       order by nominal_at desc offset $2 limit 1)) as through
     from schedules where id > $3 order by id limit $4
   ),
   gone as (
     delete from schedule_fires f using page
     where f.schedule_id = page.id and f.nominal_at <= page.through and f.outcome is not null
     returning 1
   )
   select (select count(*) from gone) as pruned,
     (select id from page order by id desc limit 1) as last`,
  LONG,
);

/**
 * Deletes the records of old fires, and all but the latest 1,000 of each schedule. A fire whose job has not ended is
 * kept.
 *
 * @param keepMs retention in milliseconds since the tick
 * @param keepCount number of fires of one schedule to keep at most
 * @returns number of records deleted
 */
export async function pruneFires(
  { db }: Services,
  keepMs: number,
  keepCount = MAX_FIRES,
): Promise<number> {
  let total = 0;
  for (let after: string | null = NIL_UUID; after !== null;) {
    const [chunk]: Pruned[] = await db.run(PRUNE, keepMs, keepCount, after, CHUNK);
    total += chunk?.pruned ?? 0;
    after = chunk?.last ?? null;
  }
  return total;
}
