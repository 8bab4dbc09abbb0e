import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Suggestion } from "./suggestion.ts";

/** Stored columns of a suggestion under the names of `Suggestion`. */
export const SUGGESTION_FIELDS = [
  "id",
  "organization_id as organizationId",
  "thread_id as threadId",
  "email_id as emailId",
  "status",
  "text",
  "edited_text as editedText",
  "edited_at as editedAt",
  "sent_text as sentText",
  "fallback_reason as fallbackReason",
  "no_draft_reason as noDraftReason",
  "confidence",
  "missing",
  "topic",
  "instruction",
  "job_id as jobId",
  "prompt_id as promptId",
  "model",
  "ai_call_id as aiCallId",
  "cost_micros as costMicros",
  "input_tokens as inputTokens",
  "output_tokens as outputTokens",
  "created_at as createdAt",
  "started_at as startedAt",
  "written_at as writtenAt",
  "outcome",
  "outcome_at as outcomeAt",
  "similarity",
  "shortcomings",
  "rating_good as ratingGood",
  "rating_comment as ratingComment",
  "rated_at as ratedAt",
] as const;

/** SQL: all columns of a suggestion under the names of `Suggestion`. */
export const SUGGESTION_COLUMNS = columnList(SUGGESTION_FIELDS);

const FIND = statement<[organizationId: string, ids: string[]], Suggestion>(
  "suggestions.find",
  `select ${SUGGESTION_COLUMNS} from suggestions where organization_id = $1 and id = any($2)`,
);

const OF_THREADS = statement<[threadIds: string[]], Suggestion>(
  "suggestions.ofThreads",
  `select ${SUGGESTION_COLUMNS} from suggestions where thread_id = any($1) and newest`,
);

/** Finds suggestions of the caller's organization by id, in any order. */
export function suggestionsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Suggestion[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/**
 * Finds one suggestion of the caller's organization.
 *
 * @throws {NotFoundError}
 */
export async function getSuggestion(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<Suggestion> {
  const [suggestion] = await suggestionsById(services, caller, [id]);
  if (!suggestion) throw new NotFoundError([toTypeId("suggestion", id)]);
  return suggestion;
}

/** Finds the suggestions of threads, by the id of the thread. The caller must check access. */
export async function suggestionsOf(
  { db }: { readonly db: Connection },
  threadIds: readonly string[],
): Promise<Map<string, Suggestion>> {
  const suggestions = await db.run(OF_THREADS, [...threadIds]);
  return new Map(suggestions.map((suggestion) => [suggestion.threadId, suggestion]));
}
