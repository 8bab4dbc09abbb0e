import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserByIds } from "../eraser.ts";
import type { Person } from "../person.ts";

/** Erases quotes with their images. */
export const quotesEraser = eraserByIds("quotes.erase", "quotes", {
  maxRows: 100,
  children: [{ table: "quote_images", key: "quote_id" }],
});

const ERASE_PERSON = statement<
  [organizationId: string, contactId: string, limit: number],
  { erased: number }
>(
  "quotes.erasePerson",
  `with page as materialized (
     select id from quotes where organization_id = $1 and contact_id = $2 limit $3
   ),
   images as (delete from quote_images where quote_id = any(array(select id from page))),
   gone as (delete from quotes where id = any(array(select id from page)))
   select count(*) as erased from page`,
  LONG,
);

/** Erases the quotes of a person, with their images. */
export async function eraseQuotes(
  db: Connection,
  { organizationId, contactId }: Person,
  limit: number,
): Promise<number> {
  const [row] = await db.run(ERASE_PERSON, organizationId, contactId, limit);
  return row?.erased ?? 0;
}
