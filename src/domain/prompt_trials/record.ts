import { statement } from "../../db/database.ts";
import type { JobError } from "../jobs/job.ts";
import type { Services } from "../services.ts";
import { similarityOf } from "../similarity.ts";
import type { PromptTrial, TrialResult } from "./trial.ts";

const FIND_OPEN = statement<[trialId: string], Pick<TrialResult, "position" | "subject">>(
  "promptTrials.findOpen",
  `select position, subject from prompt_trial_results
   where trial_id = $1 and finished_at is null order by position`,
);

// If the contact was erased during the call, the row does not exist and nothing is stored.
const RECORD = statement<
  [
    trialId: string,
    position: number,
    before: string,
    after: string | null,
    similarity: number | null,
    error: string | null,
  ]
>(
  "promptTrials.record",
  `update prompt_trial_results set before = $3, after = $4, similarity = $5, error = $6::jsonb,
     finished_at = now()
   where trial_id = $1 and position = $2 and finished_at is null`,
);

const DROP = statement<[trialId: string, position: number]>(
  "promptTrials.drop",
  `delete from prompt_trial_results where trial_id = $1 and position = $2 and finished_at is null`,
);

const FINISH = statement<[trialId: string]>(
  "promptTrials.finish",
  `update prompt_trials set finished_at = now() where id = $1 and finished_at is null`,
);

/** Pending result of a trial. */
export type OpenResult = Pick<TrialResult, "position" | "subject">;

/** Finds the past inputs of a trial that have no result yet. */
export function findOpenResults({ db }: Services, { id }: PromptTrial): Promise<OpenResult[]> {
  return db.run(FIND_OPEN, id);
}

/**
 * Stores the result of a past input, unless it has one.
 *
 * @param after the answer with the tried version, or the error that prevented it
 */
export async function recordResult(
  { db }: Services,
  { id }: PromptTrial,
  position: number,
  before: string,
  after: string | JobError,
): Promise<void> {
  if (typeof after === "string") {
    const texts = [storable(before), storable(after)] as const;
    await db.run(RECORD, id, position, ...texts, similarityOf(before, after), null);
  } else {
    await db.run(RECORD, id, position, storable(before), null, null, JSON.stringify(after));
  }
}

// PostgreSQL refuses NUL and lone surrogates, which a model can return.
function storable(text: string): string {
  return text.replaceAll("\0", "").toWellFormed();
}

/** Removes a past input from a trial, because its object was deleted. */
export async function dropResult(
  { db }: Services,
  { id }: PromptTrial,
  position: number,
): Promise<void> {
  await db.run(DROP, id, position);
}

/** Ends a trial after its last result. */
export async function finishTrial({ db }: Services, { id }: PromptTrial): Promise<void> {
  await db.run(FINISH, id);
}
