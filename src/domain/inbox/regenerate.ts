import { type Connection, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";
import { wakeWorkers } from "../jobs/enqueue.ts";
import { cancelMany, publishCancelled } from "../jobs/cancel.ts";
import type { Caller } from "../access/access.ts";
import { renewSuggestions, type SuggestionRequest } from "./request.ts";
import { publishSuggestions } from "./publish.ts";

/** Threads whose suggestions are replaced. */
export interface Regeneration {
  readonly organizationId: string;
  readonly threadIds: readonly string[];
  /** Instruction for the model: "friendlier"; null: none. */
  readonly instruction: string | null;
  readonly userId: string | null;
  /** Job that regenerates them; a later attempt keeps the suggestions of the earlier one. Null: no job. */
  readonly jobId: string | null;
}

/** Thread whose suggestion is to be regenerated. */
export interface RegenerationCandidate {
  readonly threadId: string;
  /** Newest mail of a person; null: none, so there is nothing to answer. */
  readonly emailId: string | null;
  readonly vip: boolean;
  /** Whether a person has edited the suggestion, which is not sent yet. */
  readonly edited: boolean;
  /** Whether the job has created the present suggestion already. */
  readonly renewed: boolean;
  /** Job of the present suggestion; null: there is none. */
  readonly jobId: string | null;
}

/** Result of a regeneration. */
export interface Regenerated {
  /** Threads whose suggestions are regenerated. */
  readonly threadIds: readonly string[];
  /** Threads that keep their suggestion. */
  readonly skipped: readonly RegenerationCandidate[];
}

const LOCK = statement<[organizationId: string, threadIds: string[]], { id: string }>(
  "threads.lockForSuggestions",
  `select id from threads where organization_id = $1 and id = any($2) order by id for no key update`,
);

// A statement of its own after the lock, so that it sees the suggestions of calls that held the lock before.
const CANDIDATES = statement<
  [organizationId: string, threadIds: string[], jobId: string | null],
  RegenerationCandidate
>(
  "suggestions.candidates",
  `select t.id as "threadId", s.job_id as "jobId",
     (select e.id from emails e where e.thread_id = t.id and e.direction = 'INBOUND'
        and e.kind in ('PERSON', 'FORWARD') order by e.received_at desc, e.id desc limit 1) as "emailId",
     exists (select from contacts c where c.organization_id = t.organization_id
       and c.email_key = t.contact_email and c.vip and c.erasing_since is null) as vip,
     coalesce(s.edited_text is not null and s.outcome is null, false) as edited,
     coalesce(s.created_at > (select j.created_at from jobs j where j.id = $3), false) as renewed
   from threads t left join suggestions s on s.thread_id = t.id and s.newest
   where t.organization_id = $1 and t.id = any($2) order by t.id`,
);

/** Reads the candidates for regeneration among threads. */
export function readCandidates(
  { db }: { readonly db: Connection },
  { organizationId, threadIds, jobId }: Regeneration,
): Promise<RegenerationCandidate[]> {
  return db.run(CANDIDATES, organizationId, [...threadIds], jobId);
}

/** Whether a thread gets a new suggestion: it has a mail of a person, and its present suggestion is not edited. */
export function isRenewable(candidate: RegenerationCandidate): boolean {
  return candidate.emailId !== null && !candidate.edited && !candidate.renewed;
}

/**
 * Replaces the suggestions of threads by new ones, and cancels the jobs of unfinished ones. A thread that must keep its
 * suggestion is skipped.
 *
 * @param refuse throws if a candidate must not be skipped; nothing is changed then. Absent: all may be skipped
 */
export async function regenerate(
  services: Services,
  regeneration: Regeneration,
  refuse: (candidates: readonly RegenerationCandidate[]) => void = () => {},
): Promise<Regenerated> {
  const { organizationId, threadIds, instruction, userId } = regeneration;
  const { renewed, skipped, cancelled } = await services.db.transaction(async (tx) => {
    await tx.run(LOCK, organizationId, [...threadIds]);
    const candidates = await readCandidates({ db: tx }, regeneration);
    refuse(candidates);
    const renewed = candidates.filter(isRenewable);
    const requests = renewed.flatMap(({ threadId, emailId, vip }): SuggestionRequest[] =>
      emailId === null ? [] : [{ organizationId, threadId, emailId, vip, instruction, userId }]
    );
    await renewSuggestions(tx, requests);
    const system: Caller = { organizationId, userId, role: "ADMIN", keyId: null };
    const jobIds = renewed.flatMap(({ jobId }) => jobId ?? []);
    const cancelled = await cancelMany(tx, system, jobIds);
    const skipped = candidates.filter((candidate) => !isRenewable(candidate));
    return { renewed, skipped, cancelled };
  });
  publishCancelled(services, cancelled);
  publishSuggestions(services, renewed.map(({ threadId }) => ({ organizationId, threadId })));
  if (renewed.length > 0) wakeWorkers(services, ["AI"]);
  return { threadIds: renewed.map(({ threadId }) => threadId), skipped };
}
