import { type Connection, statement } from "../../db/database.ts";
import type { Thread } from "../emails/email.ts";

/** The mail of a thread that a reply answers. */
export interface AnsweredMail {
  readonly threadId: string;
  /** Address that the reply goes to. */
  readonly address: string;
  /** Null: it has none, or the address is not that of the sender. */
  readonly name: string | null;
  readonly subject: string;
  /** Null: the thread has no mail to answer. */
  readonly messageId: string | null;
  readonly references: readonly string[];
}

// A mail of a person takes precedence over later automatic ones. The name of the sender is used only without Reply-To,
// because Reply-To may be another person. A thread with outbound mails only has no mail to answer: the reply continues it
// by its subject.
const FIND = statement<[organizationId: string, threadIds: string[]], AnsweredMail>(
  "emails.answered",
  `select t.id as "threadId", coalesce(e.address, t.contact_email) as address, e.name,
     coalesce(e.subject, t.subject) as subject, e.message_id as "messageId",
     coalesce(e.reference_ids, '{}') as "references"
   from threads t left join lateral (
     select coalesce(reply_to, from_address) as address,
       case when reply_to is null or reply_to = from_address then from_name end as name,
       subject, message_id, reference_ids
     from emails
     where organization_id = t.organization_id and thread_id = t.id and direction = 'INBOUND'
     order by (kind in ('PERSON', 'FORWARD')) desc, received_at desc, id desc limit 1) e on true
   where t.organization_id = $1 and t.id = any($2)`,
);

/** Finds the mails that replies to threads of an organization answer, by the id of the thread. */
export async function findAnsweredMails(
  { db }: { readonly db: Connection },
  organizationId: string,
  threadIds: readonly string[],
): Promise<Map<string, AnsweredMail>> {
  const mails = await db.run(FIND, organizationId, [...threadIds]);
  return new Map(mails.map((mail) => [mail.threadId, mail]));
}

/** Finds the mail that a reply to a thread answers. */
export async function findAnsweredMail(
  services: { readonly db: Connection },
  { id, organizationId }: Pick<Thread, "id" | "organizationId">,
): Promise<AnsweredMail> {
  const mail = (await findAnsweredMails(services, organizationId, [id])).get(id);
  if (!mail) throw new Error(`Thread ${id} was deleted while it was answered`);
  return mail;
}
