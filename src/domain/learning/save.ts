import { type Connection, statement } from "../../db/database.ts";
import type { JobError } from "../jobs/job.ts";
import { markLearned } from "../emails/learnable.ts";
import { proposeFacts } from "../knowledge/propose.ts";
import { recordStyle } from "../knowledge/style.ts";
import { recordTopics } from "../knowledge/topics.ts";
import { insertEventsFrom } from "../notifications/append.ts";
import type { Services } from "../services.ts";
import { RUN_COLUMNS } from "./find.ts";
import type { Lessons } from "./lessons.ts";
import type { LearningRun } from "./learning_run.ts";
import { type LearningClaim, passTurn } from "./turn.ts";

/** Result of one batch of mails. */
export interface BatchResult {
  /** Lessons of the mails that were learned, one for each call of the model. */
  readonly lessons: readonly Lessons[];
  readonly failures: readonly { readonly emailId: string; readonly error: JobError }[];
  /** Millionths of the currency; null: a price is unknown. */
  readonly costMicros: bigint | null;
  /** All chosen mails up to this one are processed; null: as before. */
  readonly after: string | null;
  /** Number of skipped mails up to `after` that were not counted yet. */
  readonly skipped: number;
}

const LOCK = statement<[runId: string, fence: number], { promptId: string }>(
  "learningRuns.lock",
  `select prompt_id as "promptId" from learning_runs
   where id = $1 and fence = $2 and status = 'RUNNING' for no key update`,
);

// A mail that was deleted meanwhile is counted, but not stored.
const SAVE = statement<
  [
    runId: string,
    promptId: string,
    learned: string[],
    failures: string,
    succeeded: number,
    newFacts: number,
    costMicros: string | null,
    after: string | null,
    skipped: number,
  ],
  LearningRun
>(
  "learningRuns.save",
  `with learned as (
     insert into learned_emails (organization_id, email_id, prompt_id, run_id)
     select organization_id, id, $2, $1 from emails where id = any($3) order by id
     on conflict (email_id, prompt_id) do update set run_id = excluded.run_id, learned_at = now()
   ),
   marked as (${markLearned("$3")}),
   failures as materialized (
     select * from json_to_recordset($4::json)
       as f("emailId" uuid, type text, code text, message text)
   ),
   failed as (
     insert into learning_failures (organization_id, run_id, email_id, error_type, error_code, error_message)
     select e.organization_id, $1, e.id, f.type, f.code, f.message
     from failures f join emails e on e.id = f."emailId" order by e.id
     on conflict (run_id, email_id) do nothing
   ),
   saved as (
     update learning_runs set succeeded = succeeded + $5,
       failed = failed + (select count(*) from failures), skipped = skipped + $9,
       new_fact_count = new_fact_count + $6, cost_micros = cost_micros + $7::bigint,
       after_id = coalesce($8, after_id)
     where id = $1
     returning *
   )
   select ${RUN_COLUMNS} from saved`,
);

/**
 * Saves the result of a batch in one transaction.
 *
 * @returns the run with its new counts; null if the claim or the run has ended, and nothing was saved
 */
export async function saveBatch(
  { db, bus }: Services,
  { runId, fence, organizationId }: LearningClaim,
  result: BatchResult,
): Promise<LearningRun | null> {
  const saved = await db.transaction(async (tx) => {
    const [run] = await tx.run(LOCK, runId, fence);
    return run ? await save(tx, organizationId, runId, run.promptId, result) : null;
  });
  if (!saved) return null;
  bus.publish("learningRuns", organizationId, [runId]);
  if (result.lessons.length > 0) bus.publish("facts", organizationId, null);
  return saved;
}

async function save(
  tx: Connection,
  organizationId: string,
  runId: string,
  promptId: string,
  { lessons, failures, costMicros, after, skipped }: BatchResult,
): Promise<LearningRun | null> {
  const learned = lessons.flatMap(({ emails }) => emails);
  let newFacts = 0;
  for (const { facts, style } of lessons) {
    newFacts += await proposeFacts(tx, organizationId, facts);
    await recordStyle(tx, organizationId, style);
  }
  if (learned.length > 0) await recordTopics(tx, organizationId, learned);
  const [run] = await tx.run(
    SAVE,
    runId,
    promptId,
    learned.map(({ emailId }) => emailId),
    JSON.stringify(failures.map(({ emailId, error }) => ({ emailId, ...error }))),
    learned.length,
    newFacts,
    costMicros === null ? null : `${costMicros}`,
    after,
    skipped,
  );
  return run ?? null;
}

// Recomputed from all calls, because the batches do not include failed calls.
const FINISH = statement<[runId: string, fence: number, status: string], LearningRun>(
  "learningRuns.finish",
  `with finished as (
     update learning_runs r set status = $3, finished_at = now(),
       total = case $3 when 'COMPLETED' then succeeded + failed + skipped else total end,
       cost_micros = case when exists (
           select from ai_calls where job_id = r.job_id and outcome = 'SUCCEEDED' and cost_micros is null)
         then null else (select coalesce(sum(cost_micros), 0) from ai_calls where job_id = r.job_id) end
     where id = $1 and fence = $2 and status = 'RUNNING'
     returning *
   ),
   notified as (${
    insertEventsFrom(
      `select organization_id, started_by as user_id,
         case when failed > 0 then 'LEARNING_PARTLY_COMPLETED' else 'LEARNING_COMPLETED' end as event,
         id as subject_id, total || case total when 1 then ' mail' else ' mails' end as name,
         concat_ws(', ', succeeded || ' learned', nullif(failed, 0) || ' failed',
           nullif(skipped, 0) || ' skipped', new_fact_count || case new_fact_count when 1 then ' new fact' else ' new facts' end)
           as detail
       from finished where status = 'COMPLETED'`,
    )
  })
   select ${RUN_COLUMNS} from finished`,
);

/** Ends a run. If the claim or the run has ended already, nothing changes. */
export async function finishRun(
  services: Services,
  { runId, fence }: LearningClaim,
  status: "COMPLETED" | "CANCELLED",
): Promise<void> {
  const [run] = await services.db.run(FINISH, runId, fence, status);
  if (run) await passTurn(services, run);
}
