import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserByIds } from "../eraser.ts";
import { ERASED_ADDRESS, type Person } from "../person.ts";

/** Erases mails. */
export const emailsEraser = eraserByIds("emails.erase", "emails", {
  countLabel: "emails.countAll",
});

/** Erases threads. */
export const threadsEraser = eraserByIds("threads.erase", "threads");

type ErasePart = [organizationId: string, addresses: string[], limit: number];

const ERASE_THREAD_EMAILS = statement<ErasePart, { id: string }>(
  "emails.eraseOfThreads",
  `delete from emails where id = any(array(
     select e.id from threads t join emails e on e.thread_id = t.id
     where t.organization_id = $1 and t.contact_email = any($2) limit $3))
   returning id`,
  LONG,
);

const ERASE_THREADS = statement<ErasePart, { id: string }>(
  "threads.erasePerson",
  `delete from threads where id = any(array(
     select t.id from threads t where t.organization_id = $1 and t.contact_email = any($2)
       and not exists (select from emails e where e.thread_id = t.id) limit $3))
   returning id`,
  LONG,
);

const ERASE_EMAILS = statement<ErasePart, { id: string }>(
  "emails.erasePerson",
  `delete from emails where id = any(array(
     -- One query for each index, because with OR all mails of the organization are read.
     select id from emails where organization_id = $1 and from_address = any($2)
     union all
     select id from emails where organization_id = $1 and reply_to = any($2)
     union all
     select id from emails where organization_id = $1 and to_addresses && $2 and to_addresses <@ $2
     limit $3))
   returning id`,
  LONG,
);

// Mails to several people are kept, without the address of this one.
const ERASE_RECIPIENT = statement<ErasePart, { id: string }>(
  "emails.eraseRecipient",
  `update emails set to_addresses = array(
     select case when a = any($2) then ${ERASED_ADDRESS} else a end from unnest(to_addresses) as u(a))
   where id = any(array(
     select id from emails where organization_id = $1 and to_addresses && $2 limit $3))
   returning id`,
  LONG,
);

/**
 * Erases the threads of a person, its other mails (also those of forms, whose Reply-To it is), and the mails to it alone. In mails to several people its address is
 * replaced.
 */
export async function eraseFromEmails(
  db: Connection,
  { organizationId, addresses }: Person,
  limit: number,
): Promise<number> {
  for (const part of [ERASE_THREAD_EMAILS, ERASE_THREADS, ERASE_EMAILS, ERASE_RECIPIENT]) {
    const erased = await db.run(part, organizationId, [...addresses], limit);
    if (erased.length > 0) return erased.length;
  }
  return 0;
}
