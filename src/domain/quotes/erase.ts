import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { Person } from "../person.ts";

/** Erases quotes with their images. */
export const quotesEraser: Eraser = {
  tables: ["quotes", "quote_images"],
  erase: eraseBy(statement(
    "quotes.erase",
    `with page as materialized (
       select id from quotes where organization_id = $1 and id > $2 order by id limit least($3, 100)
     ),
     images as (delete from quote_images where quote_id = any(array(select id from page))),
     gone as (delete from quotes where id = any(array(select id from page)))
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
    LONG,
  )),
};

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
