import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { cancelMany, publishCancelled } from "../jobs/cancel.ts";
import type { Job } from "../jobs/job.ts";
import type { Services } from "../services.ts";
import { publishSuggestions } from "./publish.ts";
import type { SuggestionRef } from "./suggestion.ts";

/** Suggestions that were ended, to be published. */
export interface EndedSuggestions {
  readonly suggestions: readonly SuggestionRef[];
  readonly cancelled: readonly Job[];
}

const END = statement<
  [threadIds: string[]],
  SuggestionRef & { jobId: string }
>(
  "suggestions.endForAnswer",
  `update suggestions set status = 'FAILED', text = '', no_draft_reason = 'The thread was answered meanwhile.',
     outcome = 'ANSWERED_WITHOUT', outcome_at = now()
   where thread_id = any($1) and newest
     and status in ('WAITING', 'WRITING') and edited_text is null
   returning organization_id as "organizationId", thread_id as "threadId", job_id as "jobId"`,
);

/**
 * Ends the unfinished suggestions of threads that a person has answered, and cancels their jobs. Call
 * `publishEnded` after the commit.
 */
export async function endForAnswers(
  tx: Connection,
  answered: readonly SuggestionRef[],
): Promise<EndedSuggestions> {
  if (answered.length === 0) return { suggestions: [], cancelled: [] };
  const suggestions = await tx.run(END, answered.map(({ threadId }) => threadId));
  const cancelled: Job[] = [];
  for (const [organizationId, ended] of Map.groupBy(suggestions, (s) => s.organizationId)) {
    const system: Caller = { organizationId, userId: null, role: "ADMIN", keyId: null };
    cancelled.push(...await cancelMany(tx, system, ended.map(({ jobId }) => jobId)));
  }
  return { suggestions, cancelled };
}

/** Aborts the jobs of suggestions that were ended, and publishes them. */
export function publishEnded(
  services: Services,
  { suggestions, cancelled }: EndedSuggestions,
): void {
  publishCancelled(services, cancelled);
  publishSuggestions(services, suggestions);
}
