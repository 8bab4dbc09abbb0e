import { type Connection, statement } from "../../db/database.ts";

/** Number of deliveries that wait, of one message type. */
export interface PendingType {
  readonly type: string;
  readonly count: number;
}

const LANES = ["TRANSACTIONAL", "BULK"];
const MAX_TYPES = 200;
const MAX_JOBS = 10_000;

// Counts by the sizes of the batches, in the indexes of the waiting jobs, because messages can have a million
// deliveries each. The types are found by a skip scan.
const PENDING = statement<
  [organizationId: string, lanes: readonly string[], types: number, jobs: number],
  PendingType
>(
  "overview.pending",
  `with recursive topics as (
     select l.lane, s.status, t.topic, 1 as n
     from unnest($2::text[]) as l(lane), (values ('QUEUED'), ('SCHEDULED')) s(status), ${next("''")}
     union all
     select topics.lane, topics.status, t.topic, topics.n + 1
     from topics, ${next("topics.topic", "topics.lane", "topics.status")}
     where topics.n < $3
   ),
   waiting as (
     select t.topic, j.size from topics t, lateral (
       select size from jobs
       where t.status = 'QUEUED' and jobs.status = 'QUEUED' and lane = t.lane
         and organization_id = $1 and topic = t.topic limit $4) j
     union all
     select t.topic, j.size from topics t, lateral (
       select size from jobs
       where t.status = 'SCHEDULED' and jobs.status = 'SCHEDULED' and lane = t.lane
         and organization_id = $1 and topic = t.topic limit $4) j
     union all
     select topic, size from jobs
     where status = 'PROCESSING' and worker_id = any(array(select id from workers))
       and organization_id = $1 and lane = any($2)
   )
   select topic as type, sum(size)::int8 as count from waiting group by 1 order by 2 desc, 1`,
);

function next(after: string, lane = "l.lane", status = "s.status"): string {
  const first = (stored: string) =>
    `(select topic from jobs
       where ${status} = '${stored}' and jobs.status = '${stored}' and jobs.lane = ${lane}
         and organization_id = $1 and jobs.topic > ${after}
       order by jobs.topic limit 1)`;
  return `lateral (${first("QUEUED")} union all ${first("SCHEDULED")} limit 1) t`;
}

/**
 * Counts the deliveries in unfinished batches of an organization by message type, most first, without a check of
 * access. Of each type up to 10,000 queued batches are counted, and as many that are due later. A batch counts
 * in full until it is finished.
 */
export function readPendingTypes(db: Connection, organizationId: string): Promise<PendingType[]> {
  return db.run(PENDING, organizationId, LANES, MAX_TYPES, MAX_JOBS);
}
