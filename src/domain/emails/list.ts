import { type RawBuilder, sql } from "kysely";
import type { TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { wordQuery } from "../word_query.ts";
import type { Email, Thread } from "./email.ts";
import { EMAIL_FIELDS, THREAD_FIELDS } from "./find.ts";

/** Filter of a list of threads: fields are combined with AND. */
export interface ThreadFilter {
  readonly ids?: readonly string[] | null;
  /** Whether no mail of a person waits for an answer. */
  readonly answered?: boolean | null;
  /** Whether the other party is an important contact. */
  readonly vip?: boolean | null;
  /** States of its suggestion. */
  readonly suggestionStatuses?: readonly string[] | null;
  /** Words that all occur in one mail of the thread, in any case; the last one also matches as a prefix. */
  readonly search?: string | null;
}

interface Tables {
  threads: TableOf<Thread, typeof THREAD_FIELDS>;
  emails: TableOf<Email, typeof EMAIL_FIELDS>;
}

const WAITS = sql.raw("(not answered)::int");

/** Threads that wait for an answer first, then newest first. */
const WAITING_FIRST: Sort = {
  name: "waiting desc",
  keys: [
    { expression: WAITS, type: "integer" },
    { expression: sql.ref("last_message_at"), type: "timestamptz" },
    { expression: sql.ref("t.id"), type: "uuid" },
  ],
  direction: "desc",
};

/** Words are frequent if more mails have them. */
const MAX_RARE = 5_000;

const OLDEST_FIRST: Sort = {
  name: "received asc",
  keys: [
    { expression: sql.ref("received_at"), type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "asc",
};

/**
 * Reads a page of the organization's threads: those that wait for an answer first, then newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export async function listThreads(
  { db }: Services,
  { organizationId }: Pick<Caller, "organizationId">,
  { ids, answered, vip, suggestionStatuses, search }: ThreadFilter,
  page: PageArgs,
): Promise<Page<Thread>> {
  let query = queryBuilder<Tables>().selectFrom("threads as t").select(THREAD_FIELDS)
    .where("organization_id", "=", organizationId);
  if (ids) query = query.where("id", "in", [...ids]);
  if (answered != null) query = query.where(sql<boolean>`${WAITS} = ${answered ? 0 : 1}`);
  if (vip != null) query = query.where(isImportant(organizationId, vip));
  if (suggestionStatuses) query = query.where(hasSuggestion(organizationId, suggestionStatuses));
  const words = search && wordQuery(search);
  if (words) query = query.where(await hasWords(db, organizationId, words));
  return await listPage(db, query, WAITING_FIRST, page);
}

/**
 * Reads a page of the mails of a thread, oldest first.
 *
 * @param thread one of the caller's organization
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listEmails(
  { db }: Services,
  { id, organizationId }: Pick<Thread, "id" | "organizationId">,
  page: PageArgs,
): Promise<Page<Email>> {
  const query = queryBuilder<Tables>().selectFrom("emails").select(EMAIL_FIELDS)
    .where("organization_id", "=", organizationId).where("thread_id", "=", id);
  return listPage(db, query, OLDEST_FIRST, page);
}

// An array, so that the planner starts from the few important contacts, or looks each thread up in their hash.
function isImportant(organizationId: string, vip: boolean): RawBuilder<boolean> {
  return sql<boolean>`contact_email ${sql.raw(vip ? "= any" : "<> all")}(array(
    select c.email_key from contacts c where c.organization_id = ${organizationId} and c.vip
      and c.erasing_since is null and c.email_key is not null))`;
}

function hasSuggestion(organizationId: string, statuses: readonly string[]): RawBuilder<boolean> {
  return sql<boolean>`t.id in (
    select s.thread_id from suggestions s where s.organization_id = ${organizationId} and s.newest
      and s.status in (${sql.join(statuses)}))`;
}

// PostgreSQL takes unknown words for more frequent than they are, and would look through all threads for the few that have
// them. So the threads of rare words are found before.
async function hasWords(
  db: Connection,
  organizationId: string,
  words: string,
): Promise<RawBuilder<boolean>> {
  const mails = queryBuilder<Tables>().selectFrom("emails as e").select("thread_id")
    .where("organization_id", "=", organizationId).where("thread_id", "is not", null)
    .where(sql<boolean>`e.search @@ to_tsquery('simple', ${words})`);
  const [found] = await db.select(
    queryBuilder<Record<never, never>>().selectFrom(mails.limit(MAX_RARE + 1).as("m")).select(
      sql<string[] | null>`case when count(*) <= ${MAX_RARE}
        then coalesce(array_agg(distinct thread_id)::text[], '{}') end`.as("threadIds"),
    ),
  );
  return found?.threadIds
    ? sql<boolean>`id = any(${found.threadIds}::uuid[])`
    : sql<boolean>`id in (${mails})`;
}
