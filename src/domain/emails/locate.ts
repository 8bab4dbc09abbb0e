import { type Connection, statement } from "../../db/database.ts";
import { parseTypeId } from "../id.ts";
import { subjectKeyOf } from "./subject.ts";
import type { EmailRow } from "./store.ts";

/** A mail that arrived, and the properties by which its thread is found. */
export interface IncomingEmail {
  readonly row: EmailRow;
  /** Address of the other party. */
  readonly contactEmail: string;
  readonly subjectKey: string;
  /** Message-IDs of In-Reply-To, then of References. */
  readonly references: readonly string[];
}

/** The stored state of a mail that arrived. */
export interface Location {
  /** Mail of the inbox with the same Message-ID; null: there is none. */
  readonly emailId: string | null;
  /** Thread that the mail belongs to; null: a new one must be opened. */
  readonly threadId: string | null;
  /** Whether the other party is an important contact. */
  readonly vip: boolean;
}

/** State of a mail that is not stored, and belongs to no thread. */
export const NOWHERE: Location = { emailId: null, threadId: null, vip: false };

const LOCK = statement<[keys: string[]]>(
  "incomingEmails.lock",
  `select pg_advisory_xact_lock(key) from (
     select distinct hashtextextended('threads ' || k, 0) as key from unnest($1::text[]) as u(k) order by 1
   ) keys`,
);

// The subject alone is a weak criterion, so it joins mails only within 30 days. Answers to the same mail join only with
// the same other party, because a mail to many people gets many answers. With "offset 0" each reference is looked up by
// itself; with old statistics the planner would otherwise read all mails of the organization. The
// contact is looked up, because with "exists" the planner would read all important contacts.
const LOCATE = statement<[emails: string], Location & { n: number }>(
  "incomingEmails.locate",
  `select m.n,
     (select e.id from emails e where e.organization_id = m.org and e.message_id = m."messageId"
        and e.thread_id is not null) as "emailId",
     coalesce(
       (select a.thread_id from unnest(m.refs) with ordinality as r(id, position)
          cross join lateral (select e.thread_id from emails e where e.organization_id = m.org
            and e.message_id = r.id and e.thread_id is not null offset 0) a
        order by r.position limit 1),
       (select a.thread_id from unnest(m.deliveries) as d(id)
          cross join lateral (select e.thread_id from emails e where e.delivery_id = d.id
            and e.organization_id = m.org and e.thread_id is not null offset 0) a
        limit 1),
       (select a.thread_id from unnest(m."messageId" || m.refs) as r(id)
          cross join lateral (select e.id, e.thread_id from emails e where e.organization_id = m.org
            and e.in_reply_to = r.id and e.thread_id is not null offset 0) a
          join threads t on t.id = a.thread_id
        where t.contact_email = m.contact order by a.id desc limit 1),
       (select t.id from threads t
        where t.organization_id = m.org and t.contact_email = m.contact and t.subject_key = m.subject
          and m.subject <> '' and t.last_message_at > now() - interval '30 days'
        order by t.last_message_at desc limit 1)
     ) as "threadId",
     coalesce((select c.vip from contacts c where c.organization_id = m.org
       and c.email_key = m.contact and c.erasing_since is null), false) as vip
   from json_to_recordset($1::json) as m(n int, org uuid, contact text, subject text, "messageId" text,
     refs text[], deliveries uuid[])`,
);

/**
 * Returns the properties by which the thread of a mail is found. The other party is the address that a reply goes to,
 * because website forms send the mails of all people from one address.
 */
export function incomingEmail(row: EmailRow): IncomingEmail {
  const references = [
    ...new Set([...row.inReplyTo ? [row.inReplyTo] : [], ...row.referenceIds.toReversed()]),
  ];
  const contactEmail = row.direction === "INBOUND"
    ? row.replyTo ?? row.fromAddress
    : row.toAddresses[0] ?? row.fromAddress;
  return { row, contactEmail, subjectKey: subjectKeyOf(row.subject), references };
}

/**
 * Finds the threads of inbound mails: by In-Reply-To and References, which may name deliveries of Waybill, then by other
 * answers to the same mail, then by subject and other party.
 *
 * Locks the other parties until the end of the transaction, because two mails of a new conversation would otherwise
 * open two threads.
 *
 * @returns the locations, in the order of the mails
 */
export async function locateEmails(
  tx: Connection,
  emails: readonly IncomingEmail[],
): Promise<Location[]> {
  await tx.run(
    LOCK,
    emails.map(({ row, contactEmail }) => `${row.organizationId} ${contactEmail}`),
  );
  const parameter = emails.map(({ row, contactEmail, subjectKey, references }, n) => ({
    n,
    org: row.organizationId,
    contact: contactEmail,
    subject: subjectKey,
    messageId: row.messageId,
    refs: references,
    deliveries: references.flatMap((id) => deliveryOf(id) ?? []),
  }));
  const found = await tx.run(LOCATE, JSON.stringify(parameter));
  const byNumber = new Map(found.map(({ n, ...location }) => [n, location]));
  return emails.map((_, n) => byNumber.get(n) ?? NOWHERE);
}

/** Returns the database id of the delivery that a Message-ID of Waybill names: `dlv_…@domain`. */
export function deliveryOf(messageId: string): string | null {
  const parsed = parseTypeId(messageId.split("@", 1)[0] ?? "");
  return parsed?.noun === "delivery" ? parsed.id : null;
}
