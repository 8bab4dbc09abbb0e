import { sql } from "kysely";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { PromptVersion } from "../prompts/prompt.ts";
import type { Services } from "../services.ts";
import type { PromptTrial, TrialResult } from "./trial.ts";

// A call whose cost is unknown makes the sum unknown.
const COST =
  "case when count(*) = count(cost_micros) then coalesce(sum(cost_micros), 0)::bigint end";

const TRIAL_COLUMNS = `t.id, t.organization_id as "organizationId", t.prompt_id as "promptId",
   t.job_id as "jobId", t.estimated_cost::text as "estimatedCost", t.created_at as "createdAt",
   t.created_by as "createdBy", t.finished_at as "finishedAt", r.*, c.*`;

const TRIAL_TABLES = `prompt_trials t
   cross join lateral (
     select count(*)::int as "sampleCount", count(finished_at)::int as "finishedCount",
       count(error)::int as "failedCount", avg(similarity) as "meanSimilarity"
     from prompt_trial_results where trial_id = t.id) r
   cross join lateral (
     select ${COST} as "costMicros" from ai_calls where job_id = t.job_id and outcome is not null) c`;

const FIND = statement<[organizationId: string, ids: string[]], PromptTrial>(
  "promptTrials.find",
  `select ${TRIAL_COLUMNS} from ${TRIAL_TABLES} where t.organization_id = $1 and t.id = any($2)`,
);

/** Finds trials of the caller's organization by id, in any order. */
export function trialsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<PromptTrial[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/**
 * Finds one trial.
 *
 * @throws {NotFoundError} also for a trial of another organization
 */
export async function getTrial(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<PromptTrial> {
  const [trial] = await trialsById(services, caller, [id]);
  if (!trial) throw new NotFoundError([toTypeId("promptTrial", id)]);
  return trial;
}

/**
 * Reads a page of the trials of all versions of a prompt, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listTrials(
  { db }: Services,
  { organizationId, name }: Pick<PromptVersion, "organizationId" | "name">,
  page: PageArgs,
): Promise<Page<PromptTrial>> {
  const trials = sql<PromptTrial>`(select ${sql.raw(TRIAL_COLUMNS)} from ${sql.raw(TRIAL_TABLES)}
    where t.organization_id = ${organizationId} and t.name = ${name})`;
  const query = queryBuilder<{ trials: PromptTrial }>().selectFrom(trials.as("trials")).selectAll();
  return listPage(db, query, byId("desc"), page);
}

const BY_POSITION: Sort = {
  name: "position asc",
  keys: [{ expression: sql.ref("position"), type: "integer" }],
  direction: "asc",
};

/**
 * Reads a page of the results of a trial, newest input first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listResults(
  { db }: Services,
  { id, jobId }: Pick<PromptTrial, "id" | "jobId">,
  page: PageArgs,
): Promise<Page<TrialResult>> {
  const results = sql<TrialResult>`(select r.organization_id as "organizationId",
      r.trial_id as "trialId", r.position, r.subject, r.before, r.after, r.similarity, r.error,
      r.finished_at as "finishedAt",
      (select ${sql.raw(COST)} from ai_calls
        where job_id = ${jobId} and subject = r.subject and outcome is not null
        having count(*) > 0) as "costMicros"
    from prompt_trial_results r where r.trial_id = ${id})`;
  const query = queryBuilder<{ results: TrialResult }>()
    .selectFrom(results.as("results")).selectAll();
  return listPage(db, query, BY_POSITION, page);
}
