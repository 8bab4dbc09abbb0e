import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserByIds } from "../eraser.ts";
import type { ErasedUser, Person } from "../person.ts";

/** Erases suggestions with their sources. */
export const suggestionsEraser = eraserByIds("suggestions.erase", "suggestions", {
  children: [{ table: "suggestion_sources", key: "suggestion_id" }],
});

const ERASE_PERSON = statement<
  [organizationId: string, addresses: string[], limit: number],
  { id: string }
>(
  "suggestions.erasePerson",
  `delete from suggestions where id = any(array(
     select s.id from threads t join suggestions s on s.thread_id = t.id
     where t.organization_id = $1 and t.contact_email = any($2) limit $3))
   returning id`,
  LONG,
);

/** Erases the suggestions of the threads of a person. The threads must still be there. */
export async function eraseSuggestions(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE_PERSON, organizationId, [...addresses], limit)).length;
}

const ERASE_SOURCES = statement<[organizationId: string, limit: number], { id: string }>(
  "suggestions.eraseSources",
  `delete from suggestion_sources where ctid = any(array(
     select s.ctid from suggestion_sources s
     where s.organization_id = $1
       and not exists (select from facts where id = s.fact_id)
       and not exists (select from orders where id = s.order_id)
       and not exists (select from emails where id = s.email_id)
     limit $2))
   returning suggestion_id as id`,
  LONG,
);

/**
 * Erases the sources of suggestions to other people whose fact, order or mail is deleted, because a source keeps the
 * beginning of its text. Orders, mails and facts must be erased before.
 */
export async function eraseSources(
  db: Connection,
  { organizationId }: Person,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE_SOURCES, organizationId, limit)).length;
}

const ERASE_USER = statement<
  [organizationId: string, userId: string, limit: number],
  { id: string }
>(
  "suggestions.eraseUser",
  `update suggestions set edited_by = nullif(edited_by, $2), rated_by = nullif(rated_by, $2)
   where id = any(array(
     select id from suggestions
     where organization_id = $1 and (edited_by = $2 or rated_by = $2) limit $3))
   returning id`,
  LONG,
);

/** Removes a user from the suggestions that it has edited or rated. */
export async function eraseUserFromSuggestions(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  return (await db.run(ERASE_USER, organizationId, userId, limit)).length;
}
