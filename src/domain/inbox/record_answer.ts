import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { cancelMany, publishCancelled } from "../jobs/cancel.ts";
import type { Job } from "../jobs/job.ts";
import type { Services } from "../services.ts";
import { traceEvaluation } from "./evaluation_span.ts";
import { measure, type MeasuredSuggestion } from "./measure.ts";
import { publishSuggestions } from "./publish.ts";
import type { Shortcoming } from "./shortcoming.ts";
import type { SuggestionOutcome, SuggestionRef } from "./suggestion.ts";

/** Answer that the organization has sent in a thread. */
export interface SentAnswer extends SuggestionRef {
  readonly text: string;
  /** Suggestion on which the answer is based; null: none. */
  readonly suggestionId: string | null;
}

/** Suggestions of answered threads, to be published after the commit. */
export interface RecordedAnswers {
  readonly measured: readonly MeasuredSuggestion[];
  readonly cancelled: readonly Job[];
}

interface OpenSuggestion extends SuggestionRef {
  readonly id: string;
  /** Empty: it is not complete, or has no text. */
  readonly text: string;
  readonly unfinished: boolean;
}

// In the order of the ids, because two statements with the same threads would otherwise deadlock.
const LOCK_OPEN = statement<[threadIds: string[]], OpenSuggestion>(
  "suggestions.lockOpen",
  `select id, organization_id as "organizationId", thread_id as "threadId",
     case when status in ('WAITING', 'WRITING') then '' else text end as text,
     status in ('WAITING', 'WRITING') as unfinished
   from suggestions
   where thread_id = any($1) and newest and outcome is null
   order by id for update`,
);

// An incomplete suggestion is ended, so that its job writes no text.
const RECORD = statement<[outcomes: string], MeasuredSuggestion>(
  "suggestions.recordAnswer",
  `with r as (
     select * from json_to_recordset($1::json) as r(id uuid, outcome text, "sentText" text,
       similarity real, shortcomings text[], unfinished boolean)
   )
   update suggestions s set outcome = r.outcome, outcome_at = now(), sent_text = r."sentText",
     similarity = r.similarity, shortcomings = r.shortcomings,
     text = case when r.unfinished then '' else s.text end,
     status = case when r."sentText" is not null then 'SENT' when r.unfinished then 'FAILED'
       else s.status end,
     no_draft_reason = case when r."sentText" is null and r.unfinished
       then 'The thread was answered meanwhile.' else s.no_draft_reason end
   from r where s.id = r.id
   returning s.id, organization_id as "organizationId", thread_id as "threadId", job_id as "jobId",
     s.outcome, s.similarity, ai_call_id as "aiCallId"`,
);

/**
 * Records the outcome of the suggestions of threads that were answered, and cancels the jobs of the unfinished ones. Call
 * `publishAnswers` after the commit.
 *
 * @param answers at most one of each thread; those of threads without an open suggestion change nothing
 */
export async function recordAnswers(
  tx: Connection,
  answers: readonly SentAnswer[],
): Promise<RecordedAnswers> {
  if (answers.length === 0) return { measured: [], cancelled: [] };
  const byThread = new Map(answers.map((answer) => [answer.threadId, answer]));
  const open = await tx.run(LOCK_OPEN, [...byThread.keys()]);
  if (open.length === 0) return { measured: [], cancelled: [] };
  const outcomes = open.flatMap((suggestion) => {
    const answer = byThread.get(suggestion.threadId);
    return answer ? outcomeOf(suggestion, answer) : [];
  });
  const measured = await tx.run(RECORD, JSON.stringify(outcomes));
  const unfinished = new Set(open.flatMap((s) => s.unfinished ? s.id : []));
  const cancelled: Job[] = [];
  const ended = measured.filter(({ id }) => unfinished.has(id));
  for (const [organizationId, part] of Map.groupBy(ended, (s) => s.organizationId)) {
    const system: Caller = { organizationId, userId: null, role: "ADMIN", keyId: null };
    cancelled.push(...await cancelMany(tx, system, part.map(({ jobId }) => jobId)));
  }
  return { measured, cancelled };
}

/** Aborts the jobs of ended suggestions, and publishes and traces the measured suggestions. */
export function publishAnswers(
  services: Services,
  { measured, cancelled }: RecordedAnswers,
): void {
  publishCancelled(services, cancelled);
  publishSuggestions(services, measured);
  measured.forEach(traceEvaluation);
}

interface Outcome {
  readonly id: string;
  readonly outcome: SuggestionOutcome;
  readonly sentText: string | null;
  /** Null: there is no text to compare with. */
  readonly similarity: number | null;
  readonly shortcomings: readonly Shortcoming[];
  readonly unfinished: boolean;
}

function outcomeOf(
  { id, text, unfinished }: OpenSuggestion,
  { suggestionId, text: sent }: SentAnswer,
): Outcome {
  const isUsed = suggestionId === id;
  const { same, similarity, shortcomings } = measure(text, sent);
  return {
    id,
    outcome: !isUsed ? "ANSWERED_WITHOUT" : same ? "SENT_AS_IT_WAS" : "EDITED",
    sentText: isUsed ? sent : null,
    similarity: text === "" ? null : similarity,
    shortcomings: isUsed && text !== "" ? shortcomings : [],
    unfinished,
  };
}
