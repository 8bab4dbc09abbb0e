import { type Connection, statement } from "../../db/database.ts";
import { newId, toTypeId } from "../id.ts";
import { insertJobsFrom } from "../jobs/enqueue.ts";
import { JOB_KINDS } from "../jobs/kinds.ts";
import { SLOT_SIZE } from "../jobs/lane.ts";

/** Mail for which a suggestion is requested. */
export interface SuggestionRequest {
  readonly organizationId: string;
  readonly threadId: string;
  readonly emailId: string;
  /** Whether the other party is an important contact, whose jobs run first. */
  readonly vip: boolean;
  /** Instruction for the regeneration; absent: none. */
  readonly instruction?: string | null;
  /** User who requested the regeneration; absent: none. */
  readonly userId?: string | null;
}

/** The suggestion that answers a mail. */
export interface RequestedSuggestion {
  readonly suggestionId: string;
  /** Job that was enqueued; null: an earlier suggestion answers the mail, too. */
  readonly jobId: string | null;
}

const KIND = "SUGGEST_REPLY";
const VIP_PRIORITY = 10;
const { lane, maxAttempts } = JOB_KINDS[KIND];

// The job of an unfinished suggestion stops, because its claim has ended.
const REPLACED = `newest = false, outcome = coalesce(outcome, 'UNUSED'),
  outcome_at = coalesce(outcome_at, now()),
  no_draft_reason = case when status in ('WAITING', 'WRITING') then 'A newer suggestion replaced it.'
    else no_draft_reason end,
  status = case when status in ('WAITING', 'WRITING') then 'FAILED' else status end`;

/** Mails that arrive within this time get one suggestion, in seconds. */
const GATHER_SECONDS = 5;

// The suggestions are locked, because their jobs may begin at the same time. In the order of the ids, so that two
// statements cannot deadlock. The insert reads from the update, so that it runs second: a thread has one newest
// suggestion.
const requests = (label: string, joins: string, seconds: number) =>
  statement<[requests: string], { threadId: string } & RequestedSuggestion>(
    label,
    `with r as materialized (
       select * from json_to_recordset($1::json) as r(id uuid, "jobId" uuid, "organizationId" uuid,
         "threadId" uuid, "emailId" uuid, priority smallint, subject text, instruction text, "userId" text)
     ),
     earlier as materialized (
       select s.id, s.thread_id, s.job_id, s.status, s.edited_text, s.outcome from suggestions s
       where s.newest and s.thread_id = any(array(select "threadId" from r)) order by s.id for update
     ),
     joined as (
       update suggestions s set email_id = r."emailId"
       from r join earlier e on e.thread_id = r."threadId"
       where s.id = e.id and ${joins}
       returning s.id, s.thread_id
     ),
     replaced as (
       update suggestions s set ${REPLACED}
       where s.id = any(array(select id from earlier except select id from joined))
       returning s.id
     ),
     created as (
       insert into suggestions (id, organization_id, thread_id, email_id, job_id, instruction)
       select id, "organizationId", "threadId", "emailId", "jobId", instruction
       from r, (select count(*) from replaced) as after
       where "threadId" <> all(array(select thread_id from joined))
       returning id, thread_id, job_id
     ),
     queued as (${
      insertJobsFrom(`(
        select c.job_id as id, r."organizationId" as organization_id, r."userId" as user_id,
          '${KIND}' as kind, '${lane}' as lane, '${KIND}' as topic, r.priority,
          now() + interval '${seconds} seconds' as run_at, ${maxAttempts} as max_attempts,
          'suggestion:' || c.id as unique_key, r.subject,
          json_build_object('suggestionId', c.id)::text as payload, ${SLOT_SIZE} as size
        from created c join r on r.id = c.id) as new`)
    })
     select thread_id as "threadId", id as "suggestionId", null::uuid as "jobId" from joined
     union all select thread_id, id, job_id from created`,
  );

// A text that a person has edited is not replaced before it is sent.
const REQUEST = requests(
  "suggestions.request",
  `(e.edited_text is not null and e.outcome is null
     or e.status = 'WAITING' and exists (
       select from jobs j where j.id = e.job_id and j.status in ('QUEUED', 'SCHEDULED', 'PROCESSING')))`,
  GATHER_SECONDS,
);

const RENEW = requests("suggestions.renew", "false", 0);

/**
 * Requests suggestions for inbound mails, and enqueues their jobs, in one statement. A job starts after 5 s, and
 * answers all mails that have arrived in the thread by then. The threads must be locked. Waking workers is not needed,
 * because the jobs are due later. Call `publishSuggestions` after the commit.
 *
 * @param mails oldest first
 * @returns the suggestions, in the order of the mails
 */
export function requestSuggestions(
  tx: Connection,
  mails: readonly SuggestionRequest[],
): Promise<RequestedSuggestion[]> {
  return request(tx, REQUEST, mails);
}

/**
 * Replaces the suggestions of threads by new ones whose jobs are due at once. The threads must be locked; call
 * `wakeWorkers` and `publishSuggestions` after the commit.
 */
export function renewSuggestions(
  tx: Connection,
  mails: readonly SuggestionRequest[],
): Promise<RequestedSuggestion[]> {
  return request(tx, RENEW, mails);
}

async function request(
  tx: Connection,
  requests: typeof REQUEST,
  mails: readonly SuggestionRequest[],
): Promise<RequestedSuggestion[]> {
  // Of several mails of a thread, the suggestion answers the last one.
  const newest = new Map(mails.map((mail) => [mail.threadId, mail]));
  const parameter = [...newest.values()].map(({ vip, threadId, ...mail }) => ({
    ...mail,
    threadId,
    id: newId(),
    jobId: newId(),
    priority: vip ? VIP_PRIORITY : 0,
    subject: toTypeId("thread", threadId),
  }));
  if (parameter.length === 0) return [];
  const rows = await tx.run(requests, JSON.stringify(parameter));
  const byThread = new Map(rows.map(({ threadId, ...requested }) => [threadId, requested]));
  return mails.map(({ threadId }) => {
    const requested = byThread.get(threadId);
    if (!requested) throw new Error(`Cannot request a suggestion for thread ${threadId}`);
    return requested;
  });
}

/** Requests the suggestion for one mail; otherwise like `requestSuggestions`. */
export async function requestSuggestion(
  tx: Connection,
  mail: SuggestionRequest,
): Promise<RequestedSuggestion> {
  const [requested] = await requestSuggestions(tx, [mail]);
  if (!requested) throw new Error("The request for a suggestion returned none");
  return requested;
}
