import { type Connection, LONG, statement } from "../db/database.ts";

/** A contact that is being erased. */
export interface Person {
  readonly organizationId: string;
  readonly contactId: string;
  /** All spellings of its addresses by which rows are found, in lower case. */
  readonly addresses: readonly string[];
}

/**
 * Erases rows of one noun about a person, or replaces its data in them. Each call erases the next chunk.
 *
 * @param limit maximum number of rows
 * @returns number of rows that were erased; 0: none is left
 */
export type PersonEraser = (db: Connection, person: Person, limit: number) => Promise<number>;

/** A user of the API who is being erased. */
export interface ErasedUser {
  readonly organizationId: string;
  readonly userId: string;
}

/** Erases rows of one noun about a user; otherwise like `PersonEraser`. */
export type UserEraser = (db: Connection, user: ErasedUser, limit: number) => Promise<number>;

/** Creates the eraser that sets the column `user_id` of a user's rows to null. */
export function userReleaser(label: string, table: string): UserEraser {
  const release = statement<
    [organizationId: string, userId: string, limit: number],
    { id: string }
  >(
    label,
    `update ${table} set user_id = null where id = any(array(
       select id from ${table} where organization_id = $1 and user_id = $2
       order by id limit $3 for no key update))
     returning id`,
    LONG,
  );
  return async (db, { organizationId, userId }, limit) =>
    (await db.run(release, organizationId, userId, limit)).length;
}

/** Text in place of an error message, which may name the recipient. */
export const ERASED_TEXT = "Removed, because the recipient was erased";

const ERASED_DOMAIN = "@erased.invalid";

/** SQL: an address in place of an erased one. Each is different, because a message has an address once. */
export const ERASED_ADDRESS = `'erased-' || gen_random_uuid() || '${ERASED_DOMAIN}'`;

/** Whether an address stands for an erased recipient, to whom nothing is sent. */
export function isErasedAddress(address: string): boolean {
  return address.endsWith(ERASED_DOMAIN);
}
