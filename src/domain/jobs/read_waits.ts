import { type Connection, statement } from "../../db/database.ts";
import { NOT_HELD } from "../hold.ts";
import { parseTypeId } from "../id.ts";
import {
  JOIN_PAUSE_PROVIDER,
  MAX_POSITION,
  PAUSE_COLUMNS,
  type PausedRow,
  type WaitingFor,
} from "../waiting.ts";
import type { Lane } from "./lane.ts";
import { explainJobWait, type JobWaitFacts, type LaneUse } from "./waiting.ts";
import { readWorkers, type WorkerState } from "./workers.ts";

interface WaitingJob extends JobWaitFacts {
  readonly id: string;
  readonly subject: string | null;
}

// Each partition is read once in the order of jobs.claim, up to the last position that is counted, because
// a page of jobs often has one partition with many jobs. A SCHEDULED job that is due is promoted within a
// second and counts as next. During an outage a queued job of a message would only find that no provider can
// be used, so that it has the wait of the message's other job that has found it.
const WAITING = statement<[ids: string[], limit: number], WaitingJob>(
  "jobs.waiting",
  `with asked as materialized (
     select * from jobs where id = any($1) and status in ('QUEUED', 'SCHEDULED')
   ),
   partitions as materialized (
     select distinct lane, organization_id, topic from asked where status = 'QUEUED'
   ),
   placed as materialized (
     select q.id, q.position from partitions p, lateral (
       select j.id, row_number() over (order by j.priority desc, j.run_at, j.id) - 1 as position
       from jobs j
       where j.status = 'QUEUED' and j.lane = p.lane and j.organization_id = p.organization_id
         and j.topic = p.topic
       order by j.priority desc, j.run_at, j.id limit $2
     ) q where q.id in (select id from asked)
   )
   select a.id, a.subject, now() as now, a.lane, not ${NOT_HELD} as held,
     l.paused_at as "lanePausedAt", l.paused_by as "lanePausedBy",
     o.run_at is not null or a.run_at > now() as later,
     nullif(coalesce(o.run_at, a.run_at), 'infinity') as "runAt", a.attempt, a.error,
     coalesce(o.wait_reason, a.wait_reason) as "waitReason",
     p.id as "providerId", p.name as provider, p.enabled as "providerEnabled",
     p.error_type as "providerErrorType",
     p.error_code as "providerErrorCode", p.error_message as "providerErrorMessage",
     case p.state when 'OPEN' then p.retry_at end as "providerRetryAt",
     case a.status when 'SCHEDULED' then 0 else q.position end as position
   from asked a
     left join lanes l on l.lane = a.lane
     left join placed q on q.id = a.id
     left join lateral (
       select s.run_at, s.wait_reason, s.wait_provider_id
       from (
         select run_at, wait_reason, wait_provider_id from jobs
         where subject = a.subject and status = 'SCHEDULED' and kind = a.kind
         order by run_at limit 1
       ) s join providers on id = s.wait_provider_id
       where a.status = 'QUEUED' and state <> 'CLOSED'
     ) o on true
     left join providers p on p.id = coalesce(o.wait_provider_id, a.wait_provider_id)`,
);

// Jobs of a paused message are QUEUED until a claim parks them.
const PAUSED_MESSAGES = statement<[messageIds: string[]], PausedRow & { id: string }>(
  "jobs.pausedMessages",
  `select m.id, ${PAUSE_COLUMNS} from messages m ${JOIN_PAUSE_PROVIDER}
   where m.id = any($1) and m.status = 'PAUSED'`,
);

/**
 * Explains why jobs wait, without a check of access.
 *
 * @returns the explanations by id; without the jobs that run or have finished
 */
export async function readJobWaits(
  db: Connection,
  ids: readonly string[],
): Promise<Map<string, WaitingFor>> {
  if (ids.length === 0) return new Map();
  const waiting = await db.run(WAITING, [...ids], MAX_POSITION + 1);
  if (waiting.length === 0) return new Map();
  const [workers, pauses] = await Promise.all([readWorkers(db), readPauses(db, waiting)]);
  return new Map(waiting.map((job) => {
    const pause = pauses.get(messageOf(job) ?? "") ?? null;
    return [job.id, explainJobWait(job, useOf(workers, job.lane), pause)];
  }));
}

async function readPauses(
  db: Connection,
  jobs: readonly WaitingJob[],
): Promise<Map<string, PausedRow>> {
  const messageIds = new Set(jobs.flatMap((job) => messageOf(job) ?? []));
  if (messageIds.size === 0) return new Map();
  const rows = await db.run(PAUSED_MESSAGES, [...messageIds]);
  return new Map(rows.map((row) => [row.id, row]));
}

function messageOf({ subject }: WaitingJob): string | null {
  const parsed = subject === null ? null : parseTypeId(subject);
  return parsed?.noun === "message" ? parsed.id : null;
}

function useOf(workers: readonly WorkerState[], lane: Lane): LaneUse {
  const ofLane = workers.flatMap(({ lanes }) => lanes.filter((each) => each.lane === lane));
  return {
    slots: ofLane.reduce((sum, { concurrency }) => sum + concurrency, 0),
    running: ofLane.reduce((sum, { running }) => sum + running, 0),
  };
}
