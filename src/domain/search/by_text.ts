import { type Connection, statement } from "../../db/database.ts";
import { type Caller, type Role, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import type { SearchHit } from "./hit.ts";

/** Number of the newest messages, audiences, quotes and threads whose titles are searched. */
const NEWEST = 20_000;
/** Number of the newest jobs whose kinds are searched; they are more, and their kinds are few. */
const NEWEST_JOBS = 2_000;
/** Number of addresses that are read; of audiences, in all organizations. */
const ADDRESSES = 1_000;

const own = (userId: string) => `($2 <> 'MEMBER' or ${userId} = $3)`;
const ADDRESS = "lower($5::text)";
// The operators of text_pattern_ops: an address begins with the text, and is longer.
const begins = (address: string) =>
  `$5 <> '' and ${address} ~>~ ${ADDRESS} and ${address} ~<~ (${ADDRESS} || chr(1114111))`;

// The offset forces one index lookup per delivery: a join could read all messages.
const MESSAGE = `lateral (
  select title, user_id from messages where id = d.message_id offset 0) m`;

const TITLES = `
  (select 1 as kind, 'organization' as noun, id, name as title, null as detail from organizations
   where $2 = 'OPERATOR' and id <> $7 and deleting_since is null and name ilike $4
   order by id desc limit $8)
  union all
  (select 2, 'message', id, title, status from (
     select id, user_id, title, status from messages
     where organization_id = $1 order by id desc limit ${NEWEST}) m
   where ${own("user_id")} and title ilike $4 order by id desc limit $8)
  union all
  (select 3, 'audience', id, name, recipient_count || ' recipients' from (
     select id, user_id, name, recipient_count from audiences
     where organization_id = $1 order by id desc limit ${NEWEST}) a
   where ${own("user_id")} and name ilike $4 order by id desc limit $8)
  union all
  (select 4, 'template', id, name, 'version ' || version from templates
   where organization_id = $1 and archived_at is null and name ilike $4 order by id desc limit $8)
  union all
  (select 5, 'provider', id, name, channel from providers
   where $2 = 'OPERATOR' and name ilike $4 order by id limit $8)
  union all
  (select 6, 'job', id, kind, status from (
     select id, user_id, kind, status from jobs
     where organization_id = $1 and cardinality($6::text[]) > 0 order by id desc limit ${NEWEST_JOBS}) j
   where ${own("user_id")} and kind = any($6) order by id desc limit $8)
  union all
  (select 7, 'quote', id, customer_name, status from (
     select id, customer_name, customer_email, status from quotes
     where organization_id = $1 order by id desc limit ${NEWEST}) q
   where customer_name ilike $4 or customer_email ilike $4 order by id desc limit $8)
  union all
  (select 8, 'thread', id, subject, contact_email from (
     select id, subject, contact_email from threads
     where organization_id = $1 order by id desc limit ${NEWEST}) t
   where subject ilike $4 or contact_email ilike $4 order by id desc limit $8)`;

const BY_ADDRESS = `
  (select 9, 'contact', id, coalesce(email, psid), name from contacts
   where organization_id = $1 and erasing_since is null and $5 <> ''
     and (email_key = ${ADDRESS} or psid = $5) limit $8)
  union all
  (select 10, 'delivery', d.id, d.address, m.title from (
     select id, message_id, address from deliveries
     where $5 <> '' and lower(address) = ${ADDRESS} and organization_id = $1
     order by message_id desc limit ${ADDRESSES}) d, ${MESSAGE}
   where ${own("m.user_id")} order by d.message_id desc limit $8)
  union all
  (select 11, 'suppression', id, address, reason from suppressions
   where organization_id = $1 and $5 <> '' and address = ${ADDRESS} limit $8)
  union all
  (select 12, 'audience', a.id, r.address, a.name from (
     select audience_id, address from audience_recipients
     where $5 <> '' and lower(address) = ${ADDRESS} limit ${ADDRESSES}) r
     join audiences a on a.id = r.audience_id
   where a.organization_id = $1 and ${own("a.user_id")} order by a.id desc limit $8)`;

const BY_BEGINNING = `
  (select 13, 'contact', id, email, name from contacts
   where organization_id = $1 and erasing_since is null and ${begins("email_key")}
   order by email_key using ~<~ limit $8)
  union all
  (select 14, 'delivery', id, address, title from (
     select distinct on (lower(d.address)) d.id, d.address, m.title from (
       select id, message_id, address from deliveries
       where ${begins("lower(address)")} and organization_id = $1
       order by lower(address) using ~<~, message_id limit ${ADDRESSES}) d, ${MESSAGE}
     where ${own("m.user_id")}
     order by lower(d.address), d.message_id desc limit $8) d)
  union all
  (select 15, 'suppression', id, address, reason from suppressions
   where organization_id = $1 and ${begins("address")} order by address using ~<~ limit $8)
  union all
  (select 16, 'audience', a.id, r.address, a.name from (
     select audience_id, address from audience_recipients
     where ${begins("lower(address)")}
     order by lower(address) using ~<~ limit ${ADDRESSES}) r
     join audiences a on a.id = r.audience_id
   where a.organization_id = $1 and ${own("a.user_id")} limit $8)`;

const FIND = statement<
  [
    organizationId: string,
    role: Role,
    userId: string | null,
    titlePattern: string,
    address: string,
    jobKinds: string[],
    systemOrganizationId: string,
    limit: number,
  ],
  SearchHit
>(
  "search.byText",
  // In turns, so that many objects of one kind do not hide those of the others.
  `select noun, id, title, detail from (
     select *, row_number() over (partition by kind) as n
     from (${TITLES} union all ${BY_ADDRESS} union all ${BY_BEGINNING}) hit
     order by n, kind limit $8) picked
   order by kind, n`,
);

/** The readings of a text that is searched for. */
export interface TextReadings {
  /** Pattern of ILIKE for titles and names. */
  readonly titlePattern: string;
  /** Address or its beginning; empty: none. */
  readonly address: string;
  readonly jobKinds: string[];
}

/** Finds objects by a part of their title, and by an address or its beginning. */
export function findByText(
  db: Connection,
  { organizationId, role, userId }: Caller,
  { titlePattern, address, jobKinds }: TextReadings,
  limit: number,
): Promise<SearchHit[]> {
  return db.run(
    FIND,
    organizationId,
    role,
    userId,
    titlePattern,
    address,
    jobKinds,
    SYSTEM_ORGANIZATION_ID,
    limit,
  );
}
