import { sql } from "kysely";
import { type Connection, LONG, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { topicName } from "./scope.ts";

/** A topic of mails. */
export interface Topic {
  readonly name: string;
  /** Number of mails about it that were learned from. */
  readonly emailCount: number;
}

/** Topics of a mail. */
export interface EmailTopics {
  readonly emailId: string;
  readonly topics: readonly string[];
}

// Locks the rows of the topics in one order first, because two statements would otherwise deadlock.
const RECORD = statement<
  [organizationId: string, emailIds: string[], pairEmailIds: string[], pairTopics: string[]]
>(
  "topics.record",
  `with given as materialized (
     select g.email_id, g.topic from unnest($3::uuid[], $4::text[]) as g(email_id, topic)
     join emails e on e.id = g.email_id and e.organization_id = $1
   ),
   outdated as materialized (
     select email_id, topic from email_topics where email_id = any($2) and organization_id = $1
       and (email_id, topic) not in (select email_id, topic from given)
   ),
   locked as (
     insert into topics (organization_id, name)
     select distinct $1::uuid, topic from (table given union all table outdated) a order by topic
     on conflict (organization_id, name) do update set name = excluded.name
     returning name
   ),
   removed as (
     delete from email_topics t using outdated o
     where t.email_id = o.email_id and t.topic = o.topic and exists (select from locked)
   )
   insert into email_topics (email_id, organization_id, topic)
   select email_id, $1, topic from given where exists (select from locked)
   on conflict do nothing`,
  LONG,
);

/**
 * Records the topics of mails in place of earlier ones. Publish the topic `facts` after the commit.
 *
 * @param emails up to some hundreds; mails that do not exist any more are left out
 */
export async function recordTopics(
  tx: Connection,
  organizationId: string,
  emails: readonly EmailTopics[],
): Promise<void> {
  const pairs = emails.flatMap(({ emailId, topics }) =>
    [...new Set(topics.map(topicName))].flatMap((topic) => topic === "" ? [] : [{ emailId, topic }])
  );
  await tx.run(
    RECORD,
    organizationId,
    emails.map(({ emailId }) => emailId),
    pairs.map(({ emailId }) => emailId),
    pairs.map(({ topic }) => topic),
  );
}

interface Tables {
  topics: { organization_id: string; name: string; email_count: number };
}

const MOST_FREQUENT: Sort = {
  name: "count desc",
  keys: [
    { expression: sql.ref("email_count"), type: "integer" },
    { expression: sql.ref("name"), type: "text" },
  ],
  direction: "desc",
};

/**
 * Reads a page of the topics of the organization's mails, the most frequent ones first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listTopics(
  { db }: Services,
  { organizationId }: Pick<Caller, "organizationId">,
  page: PageArgs,
): Promise<Page<Topic>> {
  const query = queryBuilder<Tables>().selectFrom("topics")
    .select(["name", "email_count as emailCount"])
    .where("organization_id", "=", organizationId).where("email_count", ">", 0);
  return listPage(db, query, MOST_FREQUENT, page);
}
