import { statement } from "../../db/database.ts";
import type { JobStatus } from "../jobs/job.ts";
import type { WaitReason } from "../jobs/outcome.ts";
import type { Services } from "../services.ts";
import { logFallback, textFor } from "./fall_back.ts";
import { reasonOfType } from "./fallback_reason.ts";
import { publishSuggestions } from "./publish.ts";
import type { SuggestionRef } from "./suggestion.ts";

const LIMIT = 100;

// Suggestion `s` with job `j`: the job has ended without a result, or no worker has run it for 5 minutes.
const STUCK = `s.status in ('WAITING', 'WRITING') and s.newest and s.edited_text is null and (
  j.id is null or j.status in ('COMPLETED', 'FAILED', 'CANCELLED')
  or s.created_at < now() - interval '5 minutes' and not (j.status = 'PROCESSING'
    and exists (select from workers w where w.id = j.worker_id)))`;

interface Stuck extends SuggestionRef {
  readonly suggestionId: string;
  readonly jobStatus: JobStatus | null;
  readonly waitReason: WaitReason | null;
  readonly errorType: string | null;
}

const FIND = statement<[limit: number], Stuck>(
  "suggestions.stuck",
  `select s.id as "suggestionId", s.organization_id as "organizationId", s.thread_id as "threadId",
     j.status as "jobStatus", j.wait_reason as "waitReason", j.error ->> 'type' as "errorType"
   from suggestions s left join jobs j on j.id = s.job_id
   where ${STUCK} order by s.created_at limit $1`,
);

// Checked again, because a worker may have begun meanwhile.
const FALL_BACK = statement<
  [organizationId: string, suggestionId: string, text: string, reason: string],
  { id: string }
>(
  "suggestions.fallBackStuck",
  `update suggestions f set status = 'FALLBACK', text = $3, fallback_reason = $4, written_at = now()
   where f.organization_id = $1 and f.id = $2 and f.status in ('WAITING', 'WRITING')
     and f.newest and f.edited_text is null
     and exists (select from suggestions s left join jobs j on j.id = s.job_id
       where s.id = f.id and ${STUCK})
   returning f.id`,
);

/**
 * Stores the text of the template in stuck suggestions: their job has ended without a result, or no worker has run it
 * for 5 minutes. A worker that runs it later still replaces the text, unless it was edited or sent.
 */
export async function fallBackStuck(services: Services): Promise<void> {
  const stuck = await services.db.run(FIND, LIMIT);
  for (const suggestion of stuck) {
    const { organizationId, suggestionId } = suggestion;
    const text = await textFor(services, suggestion) ?? "";
    const reason = reasonFor(suggestion);
    const [row] = await services.db.run(FALL_BACK, organizationId, suggestionId, text, reason);
    if (!row) continue;
    logFallback(suggestion, reason);
    publishSuggestions(services, [suggestion]);
  }
}

function reasonFor({ jobStatus, waitReason, errorType }: Stuck): string {
  if (jobStatus === "CANCELLED") return "The job was cancelled.";
  if (jobStatus === null || jobStatus === "COMPLETED") return "The job has ended without a text.";
  if (jobStatus === "FAILED") return reasonOfType(errorType ?? "");
  if (waitReason === "BUDGET") return "The budget of the day for the language model is used up.";
  if (waitReason) return "The language model could not be reached for 5 minutes.";
  return "No worker took the job within 5 minutes.";
}
