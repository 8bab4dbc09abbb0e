import { columnList } from "../../db/columns.ts";
import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Contact } from "./contact.ts";

// Entries of the suppression list for the addresses of contact `c`. No address is valid on two channels.
const ENTRIES = `from suppressions s
  where s.organization_id = c.organization_id and s.address = any(array[c.email_key, c.psid])`;

/** Stored columns of a contact under the names of `Contact`, for the query builder. */
export const CONTACT_FIELDS = [
  "id",
  "organization_id as organizationId",
  "email",
  "psid",
  "name",
  "vip",
  "variables",
  "registered_at as registeredAt",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;

/** SQL: time at which an address of contact `c` was first unsubscribed; null: none is. */
export const UNSUBSCRIBED_AT =
  `(select min(s.created_at) ${ENTRIES} and s.reason = 'UNSUBSCRIBED')`;

/** SQL: whether an address of contact `c` is on the suppression list. */
export const IS_SUPPRESSED = `exists (select ${ENTRIES})`;

/** SQL: all columns of contact `c` under the names of `Contact`. */
export const CONTACT_COLUMNS = `${columnList(CONTACT_FIELDS)},
  ${UNSUBSCRIBED_AT} as "unsubscribedAt", ${IS_SUPPRESSED} as suppressed`;

/**
 * SQL: whether no address of contact `c` is on the suppression list. The offset forces index lookups for the contacts
 * of a page: a join would read all of them.
 */
export const IS_ACTIVE = `not exists (select ${ENTRIES} offset 0)`;

/** SQL: whether no address of contact `c` is unsubscribed; otherwise like `IS_ACTIVE`. */
export const IS_SUBSCRIBED =
  `not exists (select ${ENTRIES} and s.reason = 'UNSUBSCRIBED' offset 0)`;

const FIND = statement<[organizationId: string, ids: string[]], Contact>(
  "contacts.find",
  `select ${CONTACT_COLUMNS} from contacts c
   where organization_id = $1 and id = any($2) and erasing_since is null`,
);

const FIND_ANYWHERE = statement<[ids: string[]], Contact>(
  "contacts.findAnywhere",
  `select ${CONTACT_COLUMNS} from contacts c where id = any($1) and erasing_since is null`,
);

const FIND_BY_ADDRESS = statement<
  [organizationIds: string[], addresses: string[]],
  Contact & { n: number }
>(
  "contacts.findByAddress",
  `select a.n::int as n, ${CONTACT_COLUMNS}
   from unnest($1::uuid[], $2::text[]) with ordinality as a(org, address, n)
   join contacts c on c.organization_id = a.org and c.email_key = a.address and c.erasing_since is null`,
);

/**
 * Finds contacts by their email addresses.
 *
 * @param addresses in their normal form, each with its organization
 * @returns the contacts in the order of the addresses; null: there is none
 */
export async function findContactsByAddress(
  { db }: { readonly db: Connection },
  addresses: readonly { readonly organizationId: string; readonly address: string }[],
): Promise<(Contact | null)[]> {
  const found = await db.run(
    FIND_BY_ADDRESS,
    addresses.map(({ organizationId }) => organizationId),
    addresses.map(({ address }) => address),
  );
  const contacts = new Map(found.map(({ n, ...contact }) => [n, contact]));
  return addresses.map((_, index) => contacts.get(index + 1) ?? null);
}

/** Finds contacts of the caller's organization by id, in any order. */
export function contactsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<Contact[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/** Finds contacts by id in all organizations. The caller must check access. */
export function findContacts({ db }: Services, ids: readonly string[]): Promise<Contact[]> {
  return db.run(FIND_ANYWHERE, [...ids]);
}

/**
 * Finds one contact of the caller's organization.
 *
 * @throws {NotFoundError} also for a contact that is being erased
 */
export async function getContact(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<Contact> {
  const [contact] = await contactsById(services, caller, [id]);
  if (!contact) throw new NotFoundError([toTypeId("contact", id)]);
  return contact;
}
