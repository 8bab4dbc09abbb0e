import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { SUGGESTION_COLUMNS } from "./find.ts";
import { publishSuggestions } from "./publish.ts";
import type { Suggestion } from "./suggestion.ts";

/** Claim of a job on a suggestion, until the job is settled, rescued or started again. */
export interface WritingClaim {
  readonly organizationId: string;
  readonly suggestionId: string;
  readonly fence: number;
}

/** Parameters of each statement that needs a claim. */
export type ClaimParameters = [organizationId: string, suggestionId: string, fence: number];

const CLAIMED = `s.organization_id = $1 and s.id = $2
  and exists (select from jobs j where j.id = s.job_id and j.fence = $3)`;

/**
 * SQL: whether a claim still holds for suggestion `s`. It ends when a person has edited the text, and when a newer
 * suggestion replaces it.
 */
export const HELD = `${CLAIMED} and s.fence = $3 and s.status = 'WRITING' and s.newest
  and s.edited_text is null`;

// Only a higher fence takes over, so that a delayed earlier claim of the same job cannot replace a later one.
const BEGIN = statement<ClaimParameters, Suggestion>(
  "suggestions.begin",
  `with begun as (
     update suggestions s set status = 'WRITING', fence = $3, started_at = now(), written_at = null,
       text = '', fallback_reason = null, no_draft_reason = null
     where ${CLAIMED} and s.newest and s.edited_text is null and s.outcome is null
       and s.status in ('WAITING', 'WRITING', 'FALLBACK', 'FAILED') and coalesce(s.fence, 0) < $3
     returning *
   ),
   earlier as (
     delete from suggestion_sources where suggestion_id = any(array(select id from begun))
   )
   select ${SUGGESTION_COLUMNS} from begun`,
);

const RELEASE = statement<ClaimParameters, { threadId: string }>(
  "suggestions.release",
  `update suggestions s set status = 'WAITING', text = '' where ${HELD}
   returning thread_id as "threadId"`,
);

/**
 * Begins to write a suggestion.
 *
 * @returns null if it is complete, edited, replaced or deleted, or the thread is answered
 */
export async function beginWriting(
  services: Services,
  claim: WritingClaim,
): Promise<Suggestion | null> {
  const [suggestion] = await services.db.run(BEGIN, ...parametersOf(claim));
  if (suggestion) publishSuggestions(services, [suggestion]);
  return suggestion ?? null;
}

/** Sets the suggestion back to WAITING, because the job continues later. */
export async function releaseWriting(services: Services, claim: WritingClaim): Promise<void> {
  publishWritten(services, claim, await services.db.run(RELEASE, ...parametersOf(claim)));
}

/** The parameters of a claim. */
export function parametersOf(
  { organizationId, suggestionId, fence }: WritingClaim,
): ClaimParameters {
  return [organizationId, suggestionId, fence];
}

/** Publishes the suggestion of a claim, if a statement has changed it. */
export function publishWritten(
  services: Services,
  { organizationId }: WritingClaim,
  rows: readonly { readonly threadId: string }[],
): void {
  publishSuggestions(services, rows.map(({ threadId }) => ({ organizationId, threadId })));
}
