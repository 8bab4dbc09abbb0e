import { type Connection, LONG, statement } from "../../db/database.ts";
import type { Contact, NewContact } from "./contact.ts";
import { CONTACT_COLUMNS } from "./find.ts";
import { appendRegistrations } from "./outbox_events.ts";

/** SQL: the fields of `NewContact`, as columns of json_to_recordset. */
export const NEW_CONTACT = `email text, "emailKey" text, psid text, name text, vip boolean,
  variables jsonb`;

/**
 * Returns SQL that creates contacts, or merges them into those with the same address, and returns the rows of the
 * table with `created`. An existing contact keeps fields that are absent or false, and gets the variables in addition.
 * The rows must have different addresses, and pass `resolveAddresses` before.
 *
 * @param source item of FROM with the columns of `NEW_CONTACT`, "organizationId" uuid and registered boolean
 *   (whether the person signs up), whose rows all have the address that `by` names
 * @param by address by which existing contacts are found
 */
export function upsertContactsFrom(source: string, by: "email" | "psid"): string {
  const conflict = by === "email"
    ? "(organization_id, email_key) where erasing_since is null"
    : "(organization_id, psid) where psid is not null and erasing_since is null";
  // In the order of the addresses, because two statements with the same ones would otherwise deadlock.
  return `insert into contacts as c (organization_id, email, email_key, psid, name, vip, variables,
     registered_at)
   select "organizationId", email, "emailKey", psid, name, vip, variables,
     case when registered then now() end
   from ${source}
   order by "organizationId", "emailKey", psid
   on conflict ${conflict} do update set
     psid = coalesce(excluded.psid, c.psid), name = coalesce(excluded.name, c.name),
     vip = c.vip or excluded.vip,
     variables = c.variables || excluded.variables,
     registered_at = coalesce(c.registered_at, excluded.registered_at), updated_at = now()
   returning c.*, xmax = 0 as created`;
}

const upsert = (by: "email" | "psid") =>
  statement<[contacts: string, organizationId: string, registered: boolean], UpsertedContact>(
    `contacts.upsertBy${by === "email" ? "Email" : "Psid"}`,
    `with r as materialized (
       select *, $2::uuid as "organizationId", $3::boolean as registered
       from json_to_recordset($1::json) as r(${NEW_CONTACT})
     ),
     c as (${upsertContactsFrom("r", by)}),
     events as (${appendRegistrations("select * from c")})
     select ${CONTACT_COLUMNS}, created from c`,
    LONG,
  );

const UPSERT_BY_EMAIL = upsert("email");
const UPSERT_BY_PSID = upsert("psid");

/** A contact that was created, or found by its address and changed. */
export interface UpsertedContact extends Contact {
  readonly created: boolean;
}

/**
 * Creates contacts, or merges them into those with the same address. Publish the topic `contacts` after the commit.
 *
 * @param contacts up to some thousands, with different addresses; resolve them before by `resolveAddresses`
 * @param registered whether the people sign up; false: they are imported
 * @returns the contacts in any order
 */
export async function upsertContacts(
  tx: Connection,
  organizationId: string,
  contacts: readonly NewContact[],
  registered: boolean,
): Promise<UpsertedContact[]> {
  const byEmail = contacts.filter(({ email }) => email !== null);
  const byPsid = contacts.filter(({ email }) => email === null);
  const upserted: UpsertedContact[] = [];
  if (byEmail.length > 0) {
    const json = JSON.stringify(byEmail);
    upserted.push(...await tx.run(UPSERT_BY_EMAIL, json, organizationId, registered));
  }
  if (byPsid.length > 0) {
    const json = JSON.stringify(byPsid);
    upserted.push(...await tx.run(UPSERT_BY_PSID, json, organizationId, registered));
  }
  return upserted;
}

// A contact with a psid alone gets the email address, unless another contact has it.
const ATTACH_EMAILS = statement<[contacts: string, organizationId: string]>(
  "contacts.attachEmails",
  `update contacts c set email = r.email, email_key = r."emailKey", updated_at = now()
   from json_to_recordset($1::json) as r(${NEW_CONTACT})
   where c.organization_id = $2 and c.psid = r.psid and c.email is null and c.erasing_since is null
     and not exists (select from contacts o where o.organization_id = $2
       and o.email_key = r."emailKey" and o.erasing_since is null)`,
);

const FIND_TAKEN = statement<[contacts: string, organizationId: string], { psid: string }>(
  "contacts.findTaken",
  `select r.psid from json_to_recordset($1::json) as r(${NEW_CONTACT})
   join contacts c on c.organization_id = $2 and c.psid = r.psid and c.erasing_since is null
     and c.email_key is distinct from r."emailKey"`,
);

/**
 * Prepares contacts that have both an email address and a psid: an existing contact without an email address that
 * has the psid gets the address.
 *
 * @returns the psids that belong to a contact with another email address, so that `upsertContacts` would fail
 */
export async function resolveAddresses(
  tx: Connection,
  organizationId: string,
  contacts: readonly NewContact[],
): Promise<ReadonlySet<string>> {
  const both = contacts.filter(({ email, psid }) => email !== null && psid !== null);
  if (both.length === 0) return new Set();
  const json = JSON.stringify(both);
  await tx.run(ATTACH_EMAILS, json, organizationId);
  const taken = await tx.run(FIND_TAKEN, json, organizationId);
  return new Set(taken.map(({ psid }) => psid));
}
