import { type Connection, statement } from "../../db/database.ts";
import { isUniqueViolation } from "../../db/sqlstate.ts";
import type { Claim } from "../jobs/claim.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { startWaitingJobs } from "../jobs/reschedule.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import type { Services } from "../services.ts";
import { RUN_COLUMNS } from "./find.ts";
import type { LearningRun } from "./learning_run.ts";
import { countSelection } from "./selection.ts";

/** A run that has begun or continues. */
export interface BegunRun extends LearningRun {
  readonly promptId: string;
  /** Last mail of the selection; null: there are no mails. */
  readonly throughId: string | null;
  /** All chosen mails up to this one are processed. */
  readonly afterId: string;
}

/** The job of a run. */
export interface LearningClaim extends Claim {
  readonly organizationId: string;
  readonly runId: string;
}

// A deleted job has ended, too.
const CLOSE_ENDED = statement<[organizationId: string | null], LearningRun>(
  "learningRuns.closeEnded",
  `with ended as materialized (
     select r.id, coalesce(j.status, 'FAILED') as job_status, j.finished_at,
       coalesce(j.error ->> 'message', 'Its job was deleted') as message
     from learning_runs r left join jobs j on j.id = r.job_id
     where r.status in ('QUEUED', 'RUNNING') and ($1::uuid is null or r.organization_id = $1)
       and (j.id is null or j.status in ('COMPLETED', 'FAILED', 'CANCELLED'))
     order by r.id for no key update of r
   ),
   closed as (
     update learning_runs r set status = e.job_status, finished_at = coalesce(e.finished_at, now())
     from ended e where r.id = e.id and r.status in ('QUEUED', 'RUNNING')
     returning r.*, e.message
   ),
   notified as (${
    insertEventsFrom(
      `select organization_id, started_by as user_id, 'LEARNING_FAILED' as event, id as subject_id,
         case when total is null then 'mails' else total || ' mails' end as name, message as detail
       from closed where status = 'FAILED'`,
    )
  })
   select ${RUN_COLUMNS} from closed`,
);

/**
 * Ends the runs whose job has failed, was cancelled while it waited, or was deleted.
 *
 * @param organizationId null: of all organizations
 */
export async function closeEndedRuns(
  services: Services,
  organizationId: string | null,
): Promise<void> {
  const closed = await services.db.run(CLOSE_ENDED, organizationId);
  for (const run of closed) await passTurn(services, run);
}

// Of the runs that are due, the one with the highest priority goes first, then the oldest.
const BEGIN = statement<
  [runId: string, organizationId: string, fence: number, promptId: string],
  BegunRun
>(
  "learningRuns.begin",
  `with begun as (
     update learning_runs r set status = 'RUNNING', fence = $3, finished_at = null,
       started_at = coalesce(r.started_at, now()), prompt_id = coalesce(r.prompt_id, $4),
       through_id = coalesce(r.through_id,
         (select id from emails where organization_id = $2 order by id desc limit 1))
     from jobs j
     where r.id = $1 and r.organization_id = $2 and coalesce(r.fence, 0) < $3 and j.id = r.job_id
       and r.status <> 'COMPLETED'
       and not exists (
         select from learning_runs o join jobs oj on oj.id = o.job_id
         where o.organization_id = $2 and o.id <> r.id
           and o.started_by is not distinct from r.started_by
           and (o.status = 'RUNNING' or r.status <> 'RUNNING' and o.status = 'QUEUED'
             and (o.run_at is null or o.run_at <= now())
             and (-oj.priority, o.id) < (-j.priority, r.id)))
     returning r.*
   )
   select ${RUN_COLUMNS}, through_id as "throughId", after_id as "afterId" from begun`,
);

const SET_TOTAL = statement<[runId: string, fence: number, total: number], { id: string }>(
  "learningRuns.setTotal",
  "update learning_runs set total = $3 where id = $1 and fence = $2 returning id",
);

const FIND_STATE = statement<[runId: string, organizationId: string], { status: string }>(
  "learningRuns.state",
  "select status from learning_runs where id = $1 and organization_id = $2",
);

/**
 * Begins or continues a run, unless another run of its user goes first.
 *
 * @param promptId version of the prompt, if the run has none yet
 * @returns the run; "wait": another run goes first; "ended": it has ended, was deleted, or a later claim has it
 */
export async function beginRun(
  services: Services,
  claim: LearningClaim,
  promptId: string,
): Promise<BegunRun | "wait" | "ended"> {
  const { organizationId, runId, fence } = claim;
  await closeEndedRuns(services, organizationId);
  const [run] = await tryBegin(services.db, claim, promptId);
  if (!run) {
    const [state] = await services.db.run(FIND_STATE, runId, organizationId);
    return !state || state.status === "COMPLETED" ? "ended" : "wait";
  }
  services.bus.publish("learningRuns", organizationId, [runId]);
  if (run.total > 0 || !run.throughId) return run;
  const { total } = await countSelection(services.db, { ...run, runId }, run.throughId);
  await services.db.run(SET_TOTAL, runId, fence, total);
  return { ...run, total };
}

async function tryBegin(
  db: Connection,
  { organizationId, runId, fence }: LearningClaim,
  promptId: string,
): Promise<BegunRun[]> {
  try {
    return await db.run(BEGIN, runId, organizationId, fence, promptId);
  } catch (error) {
    // Another run of the user has begun at the same time.
    if (isUniqueViolation(error)) return [];
    throw error;
  }
}

// Same order as in `begin`. The end of a run wakes the next one.
const NEXT = statement<[organizationId: string, userId: string | null], { jobId: string }>(
  "learningRuns.next",
  `select r.job_id as "jobId" from learning_runs r join jobs j on j.id = r.job_id
   where r.organization_id = $1 and r.started_by is not distinct from $2 and r.status = 'QUEUED'
     and (r.run_at is null or r.run_at <= now())
   order by j.priority desc, r.id limit 1`,
);

/** Publishes a run that has ended, and wakes the job of its user's next run. */
export async function passTurn(
  services: Services,
  { id, organizationId, startedBy }: LearningRun,
): Promise<void> {
  services.bus.publish("learningRuns", organizationId, [id]);
  const next = await services.db.run(NEXT, organizationId, startedBy);
  const woken = await startWaitingJobs(services.db, next.map(({ jobId }) => jobId));
  wakeWorkers(services, woken.map(({ lane }) => lane));
  services.bus.publish("jobs", organizationId, woken.map((job) => job.id));
}
