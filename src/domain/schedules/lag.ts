import { type Connection, statement } from "../../db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../access/access.ts";

const LAGS = statement<[organizationId: string], { name: string; seconds: number }>(
  "schedules.lags",
  `select name, greatest(0, extract(epoch from now() - next_at))::float8 as seconds
   from schedules where organization_id = $1 and enabled and next_at is not null`,
);

/** Reads for how long the next tick of each built-in schedule has been due, for metrics. */
export function readLags(db: Connection): Promise<{ name: string; seconds: number }[]> {
  return db.run(LAGS, SYSTEM_ORGANIZATION_ID);
}
