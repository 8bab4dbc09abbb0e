import { type Connection, statement } from "../../db/database.ts";
import { readWaitingTypes } from "../campaigns/waiting.ts";

/** Number of deliveries that wait, of one message type. */
export interface PendingType {
  readonly type: string;
  readonly count: number;
  /** Whether there are more batches than were counted. */
  readonly capped: boolean;
}

const LANES = ["TRANSACTIONAL", "BULK"];
const MAX_TYPES = 200;
// Read for all types together, and at most half of them for one type.
const MAX_JOBS = 20_000;

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
   share as materialized (select $4 / greatest(count(*), 2) as jobs from topics),
   waiting as (
     ${waitingAs("QUEUED")}
     union all
     ${waitingAs("SCHEDULED")}
     union all
     select topic, size, false from jobs
     where status = 'PROCESSING' and worker_id = any(array(select id from workers))
       and organization_id = $1 and lane = any($2)
   )
   select topic as type, sum(size)::int8 as count, bool_or(capped) as capped
   from waiting group by 1 order by 2 desc, 1`,
);

function next(after: string, lane = "l.lane", status = "s.status"): string {
  const first = (stored: string) =>
    `(select topic from jobs
       where ${status} = '${stored}' and jobs.status = '${stored}' and jobs.lane = ${lane}
         and organization_id = $1 and jobs.topic > ${after}
       order by jobs.topic limit 1)`;
  return `lateral (${first("QUEUED")} union all ${first("SCHEDULED")} limit 1) t`;
}

function waitingAs(status: "QUEUED" | "SCHEDULED"): string {
  return `select t.topic, j.size, j.count > share.jobs as capped from share, topics t, lateral (
       select count(*), sum(size) as size from (
         select size from jobs
         where jobs.status = '${status}' and lane = t.lane and organization_id = $1
           and topic = t.topic
         limit (select jobs + 1 from share)) j) j
     where t.status = '${status}'`;
}

/**
 * Counts the deliveries of an organization that wait, by message type, most first, without a check of access: those
 * in unfinished batches, and those of campaigns that are in none yet. At most 10,000 batches of a type are counted, and 20,000 of all types. A batch counts in full until it
 * is finished.
 */
export async function readPendingTypes(
  db: Connection,
  organizationId: string,
): Promise<PendingType[]> {
  const [batches, campaigns] = await Promise.all([
    db.run(PENDING, organizationId, LANES, MAX_TYPES, MAX_JOBS),
    readWaitingTypes(db, organizationId),
  ]);
  const byType = new Map(batches.map((pending) => [pending.type, pending]));
  for (const { type, count } of campaigns) {
    const pending = byType.get(type) ?? { type, count: 0, capped: false };
    byType.set(type, { ...pending, count: pending.count + count });
  }
  return [...byType.values()].toSorted((a, b) => b.count - a.count);
}
