import { statement } from "../../db/database.ts";
import type { EmailDirection } from "../emails/email.ts";
import type { Services } from "../services.ts";

/** A thread up to the mail that is answered. */
export interface AnsweredThread {
  readonly organizationId: string;
  readonly threadId: string;
  readonly emailId: string;
}

/** A mail of the thread, as the model reads it. */
export interface GroundMail {
  readonly id: string;
  readonly direction: EmailDirection;
  /** Reply-To, or else the sender: the reply is sent to this address. */
  readonly replyAddress: string;
  readonly fromName: string | null;
  readonly subject: string;
  /** Without quotes and signature, truncated to its part of the budget. */
  readonly text: string;
  readonly receivedAt: Date;
}

/** Maximum number of mails that are read. */
const MAX_MAILS = 30;
/** Estimate for texts in Latin script. */
const CHARACTERS_PER_TOKEN = 4;
const THREAD_TOKENS = 8_000;
const MAIL_TOKENS = 3_000;

// Anyone who names a Message-ID joins its thread, so earlier mails are read only if the address that gets the reply has
// sent or received them. The content of a forwarded mail is quoted, so quotes are kept.
const OF_THREAD = statement<
  [organizationId: string, threadId: string, emailId: string, limit: number],
  GroundMail
>(
  "suggestions.mailsOfThread",
  `select e.id, e.direction, coalesce(e.reply_to, e.from_address) as "replyAddress", e.from_name as "fromName", e.subject,
     case when e.kind = 'FORWARD' or e.reply_text = '' then e.text else e.reply_text end as text,
     e.received_at as "receivedAt"
   from emails e join emails last on last.id = $3
   where e.organization_id = $1 and e.thread_id = $2
     and (e.received_at, e.id) <= (last.received_at, last.id)
     and (e.id = last.id or coalesce(last.reply_to, last.from_address) = any(
         array[e.from_address, e.reply_to] || e.to_addresses))
   order by e.received_at desc, e.id desc limit $4`,
);

/**
 * Reads the newest mails of a thread from and to the address that gets the reply, within the token budget of a request.
 *
 * @returns oldest first; the last one is answered; none if it is deleted
 */
export async function mailsOf(
  { db }: Services,
  { organizationId, threadId, emailId }: AnsweredThread,
): Promise<GroundMail[]> {
  const mails = await db.run(OF_THREAD, organizationId, threadId, emailId, MAX_MAILS);
  return withinBudget(mails).toReversed();
}

/** Truncates long mails, and drops the oldest ones that exceed the budget. */
function withinBudget(newestFirst: readonly GroundMail[]): GroundMail[] {
  let left = THREAD_TOKENS * CHARACTERS_PER_TOKEN;
  const kept: GroundMail[] = [];
  for (const mail of newestFirst) {
    const text = cut(mail.text, Math.min(MAIL_TOKENS * CHARACTERS_PER_TOKEN, left));
    left -= text.length;
    kept.push({ ...mail, text });
    if (left <= 0) break;
  }
  return kept;
}

function cut(text: string, length: number): string {
  const trimmed = text.trim();
  if (trimmed.length <= length) return trimmed;
  return `${trimmed.slice(0, length).toWellFormed()}\n[…]`;
}
