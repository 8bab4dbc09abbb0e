import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Email, Thread } from "./email.ts";

/** Stored columns of a mail under the names of `Email`, for the query builder. */
export const EMAIL_FIELDS = [
  "id",
  "organization_id as organizationId",
  "thread_id as threadId",
  "direction",
  "kind",
  "message_id as messageId",
  "in_reply_to as inReplyTo",
  "reference_ids as referenceIds",
  "from_address as fromAddress",
  "from_name as fromName",
  "reply_to as replyTo",
  "to_addresses as toAddresses",
  "subject",
  "text",
  "reply_text as replyText",
  "html",
  "attachment_count as attachmentCount",
  "received_at as receivedAt",
  "delivery_id as deliveryId",
  "learned_at as learnedAt",
] as const;

/** Stored columns of a thread under the names of `Thread`, for the query builder. */
export const THREAD_FIELDS = [
  "id",
  "organization_id as organizationId",
  "subject",
  "contact_email as contactEmail",
  "last_message_at as lastMessageAt",
  "answered",
] as const;

const FIND_EMAILS = statement<[organizationId: string, ids: string[]], Email>(
  "emails.find",
  `select ${columnList(EMAIL_FIELDS)} from emails where organization_id = $1 and id = any($2)`,
);

const FIND_THREADS = statement<[organizationId: string, ids: string[]], Thread>(
  "threads.find",
  `select ${columnList(THREAD_FIELDS)} from threads where organization_id = $1 and id = any($2)`,
);

const FIND_THREADS_ANYWHERE = statement<[ids: string[]], Thread>(
  "threads.findAnywhere",
  `select ${columnList(THREAD_FIELDS)} from threads where id = any($1)`,
);

const FIND_SENDER_NAMES = statement<
  [organizationId: string, threadIds: string[]],
  { threadId: string; name: string }
>(
  "threads.senderNames",
  `select t.id as "threadId", e.from_name as name
   from threads t cross join lateral (
     select from_name from emails
     where thread_id = t.id and from_address = t.contact_email and from_name is not null
     order by received_at desc, id desc limit 1) e
   where t.organization_id = $1 and t.id = any($2)`,
);

/** Finds mails of an organization by id, in any order. */
export function findEmails(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Email[]> {
  return db.run(FIND_EMAILS, organizationId, [...ids]);
}

/** Finds threads of an organization by id, in any order. */
export function threadsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Thread[]> {
  return db.run(FIND_THREADS, organizationId, [...ids]);
}

/**
 * Finds the names of the other parties of threads, by the id of the thread: each from the newest mail of the party whose
 * From header has a name. Threads without such a mail are missing.
 */
export async function findSenderNames(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  threadIds: readonly string[],
): Promise<Map<string, string>> {
  const rows = await db.run(FIND_SENDER_NAMES, organizationId, [...threadIds]);
  return new Map(rows.map(({ threadId, name }) => [threadId, name]));
}

/** Finds threads by id in all organizations. The caller must check access. */
export function findThreads({ db }: Services, ids: readonly string[]): Promise<Thread[]> {
  return db.run(FIND_THREADS_ANYWHERE, [...ids]);
}

/**
 * Finds one thread of the caller's organization.
 *
 * @throws {NotFoundError}
 */
export async function getThread(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<Thread> {
  const [thread] = await threadsById(services, caller, [id]);
  if (!thread) throw new NotFoundError([toTypeId("thread", id)]);
  return thread;
}
