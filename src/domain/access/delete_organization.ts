import { type Connection, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";

/** Erases API keys. */
export const apiKeysEraser: Eraser = {
  tables: ["api_keys"],
  erase: eraseBy(statement(
    "access.eraseKeys",
    `with gone as (
       delete from api_keys where id = any(array(
         select id from api_keys where organization_id = $1 and id > $2 order by id limit $3))
       returning id
     )
     select count(*) as erased, (array_agg(id order by id desc))[1] as last from gone`,
  )),
};

const BEGIN = statement<[id: string], { id: string }>(
  "access.beginDeletion",
  `update organizations set deleting_since = now()
   where id = $1 and deleting_since is null returning id`,
);

/**
 * Marks an organization as being deleted: callers no longer find it, and its keys and tokens are refused.
 *
 * @returns false if it does not exist, or its deletion has begun before
 */
export async function beginDeletion(tx: Connection, id: string): Promise<boolean> {
  return (await tx.run(BEGIN, id)).length > 0;
}

const IS_DELETING = statement<[id: string], { id: string }>(
  "access.isDeleting",
  "select id from organizations where id = $1 and deleting_since is not null",
);

/** True if the deletion of an organization has begun and not ended. */
export async function isDeleting(db: Connection, id: string): Promise<boolean> {
  return (await db.run(IS_DELETING, id)).length > 0;
}

const END = statement<[id: string]>(
  "access.endDeletion",
  "delete from organizations where id = $1 and deleting_since is not null",
);

/** Deletes an organization whose rows are erased. A foreign key prevents it if a row was added since. */
export async function endDeletion(db: Connection, id: string): Promise<void> {
  await db.run(END, id);
}
