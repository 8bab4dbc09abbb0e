import { type Connection, statement } from "../../db/database.ts";
import type { Lane } from "./lane.ts";

// By the index of the waiting jobs alone.
const OLDEST = statement<[], { lane: Lane; seconds: number }>(
  "jobs.oldest",
  `select lane, greatest(0, extract(epoch from now() - min(run_at)))::float8 as seconds
   from jobs where status = 'QUEUED' group by 1`,
);

/** Reads for how long the oldest due job of each lane has been waiting, of all organizations, for metrics. */
export function readOldest(db: Connection): Promise<{ lane: Lane; seconds: number }[]> {
  return db.run(OLDEST);
}
