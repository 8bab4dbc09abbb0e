import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser, eraserByIds } from "../eraser.ts";
import type { ErasedUser, Person } from "../person.ts";

/** Erases facts with their evidence. */
export const factsEraser = eraserByIds("facts.erase", "facts", {
  children: [{ table: "fact_evidence", key: "fact_id" }],
});

/** Erases topics, those of each mail, and the style of writing. */
export const topicsEraser: Eraser = {
  tables: ["email_topics", "topics", "writing_styles"],
  erase: eraseBy(statement(
    "topics.erase",
    `with page as materialized (
       select email_id, topic from email_topics where organization_id = $1 limit $3
     ),
     gone as (
       delete from email_topics t using page p where t.email_id = p.email_id and t.topic = p.topic
     ),
     names as (delete from topics where organization_id = $1),
     styles as (delete from writing_styles where organization_id = $1)
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from page`,
    LONG,
  )),
};

const ERASE_OF_SENDER = statement<
  [organizationId: string, scopes: string[], limit: number],
  { id: string }
>(
  "facts.eraseOfSender",
  `delete from facts where id = any(array(
     select id from facts where organization_id = $1 and scope = any($2) and scope like 'sender:%'
     limit $3))
   returning id`,
  LONG,
);

const ERASE_UNFOUNDED = statement<[organizationId: string, limit: number], { id: string }>(
  "facts.eraseUnfounded",
  `delete from facts where id = any(array(
     select id from facts where organization_id = $1 and evidence_count = 0 and origin <> 'ADDED'
     limit $2))
   returning id`,
  LONG,
);

const ERASE_TOPICS = statement<[organizationId: string, limit: number], { name: string }>(
  "topics.eraseUnfounded",
  `delete from topics where organization_id = $1 and email_count = 0 and name = any(array(
     select name from topics where organization_id = $1 and email_count = 0 limit $2))
   returning name`,
  LONG,
);

/**
 * Erases the facts with a scope of the person, and those with evidence from its mails only. Topics without mails are
 * erased, too, because the model takes their names from mails. The mails, and with them their evidence, must be erased
 * before.
 */
export async function eraseFromKnowledge(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  const scopes = addresses.map((address) => `sender:${address}`);
  const [ofSender, unfounded, topics] = [
    await db.run(ERASE_OF_SENDER, organizationId, scopes, limit),
    await db.run(ERASE_UNFOUNDED, organizationId, limit),
    await db.run(ERASE_TOPICS, organizationId, limit),
  ];
  return ofSender.length + unfounded.length + topics.length;
}

const ERASE_USER = statement<
  [organizationId: string, userId: string, limit: number],
  { id: string }
>(
  "facts.eraseUser",
  `update facts set decided_by = null where id = any(array(
     select id from facts where organization_id = $1 and decided_by = $2 limit $3))
   returning id`,
  LONG,
);

/** Removes a user from the facts that it has approved, dismissed or added. */
export async function eraseUserFromKnowledge(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE_USER, organizationId, userId, limit)).length;
}
