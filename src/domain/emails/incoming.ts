import { type Connection, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import {
  type IncomingEmail,
  incomingEmail,
  locateEmails,
  type Location,
  NOWHERE,
} from "./locate.ts";
import { type EmailRow, insertEmails } from "./store.ts";

/** A mail of the inbox after it arrived. */
export interface PlacedEmail {
  readonly organizationId: string;
  readonly emailId: string;
  readonly threadId: string;
  /** False: a mail with the same Message-ID was stored before, and nothing has changed. */
  readonly created: boolean;
  /** Whether it is a mail of a person that waits for an answer. */
  readonly waits: boolean;
  /** Whether the other party is an important contact. */
  readonly vip: boolean;
}

interface ThreadRow {
  readonly id: string;
  readonly organizationId: string;
  readonly subject: string;
  readonly subjectKey: string;
  readonly contactEmail: string;
  /** Null: unchanged. */
  answered: boolean | null;
  readonly opened: boolean;
}

// In the order of the ids, because two statements with the same threads would otherwise deadlock. A new thread waits
// for an answer only if a mail of a person opens it.
const SAVE_THREADS = statement<[threads: string]>(
  "threads.save",
  `with r as materialized (
     select * from json_to_recordset($1::json) as r(id uuid, "organizationId" uuid, subject text,
       "subjectKey" text, "contactEmail" text, answered boolean, opened boolean)
   ),
   opened as (
     insert into threads (id, organization_id, subject, subject_key, contact_email, last_message_at,
       answered)
     select id, "organizationId", subject, "subjectKey", "contactEmail", now(), coalesce(answered, true)
     from r where opened
   ),
   locked as materialized (
     select t.id from threads t where t.id = any(array(select id from r where not opened))
     order by t.id for no key update
   )
   update threads t set last_message_at = greatest(t.last_message_at, now()),
     answered = coalesce(r.answered, t.answered)
   from locked l join r on r.id = l.id where t.id = l.id`,
);

/**
 * Stores inbound mails in their threads, and opens threads for new conversations. A mail whose Message-ID is already in
 * the inbox changes nothing. A mail of a person sets the thread to unanswered, a mail of the organization to answered;
 * other mails do not change it.
 *
 * @param rows of any organizations, oldest first; they need no thread
 * @returns the mails, in the order of the rows
 */
export async function placeInThreads(
  tx: Connection,
  rows: readonly EmailRow[],
): Promise<PlacedEmail[]> {
  const emails = rows.map(incomingEmail);
  const placement = new Placement();
  const locations = await locateEmails(tx, emails);
  const placed = emails.map((email, index) => placement.place(email, locations[index] ?? NOWHERE));
  if (placement.threads.size > 0) {
    await tx.run(SAVE_THREADS, JSON.stringify([...placement.threads.values()]));
  }
  await insertEmails(tx, placement.stored);
  return placed;
}

/** Assigns threads to mails; a mail may belong to a thread that an earlier one opens. */
class Placement {
  /** Threads that are opened or changed, by id. */
  readonly threads = new Map<string, ThreadRow>();
  readonly stored: EmailRow[] = [];
  readonly #byMessageId = new Map<string, PlacedEmail>();
  readonly #bySubject = new Map<string, string>();

  place(
    { row, contactEmail, subjectKey, references }: IncomingEmail,
    found: Location,
  ): PlacedEmail {
    const { organizationId } = row;
    const earlier = (id: string) => this.#byMessageId.get(`${organizationId} ${id}`);
    const same = earlier(row.messageId);
    if (same) return { ...same, created: false };
    const waits = waitsForAnswer(row);
    const { vip } = found;
    if (found.emailId !== null && found.threadId !== null) {
      const { emailId, threadId } = found;
      return { organizationId, emailId, threadId, created: false, waits, vip };
    }
    const subject = subjectKey && `${organizationId} ${contactEmail} ${subjectKey}`;
    const existing = references.flatMap((id) => earlier(id)?.threadId ?? [])[0] ??
      found.threadId ?? this.#bySubject.get(subject);
    const threadId = existing ?? newId();
    this.#save({
      id: threadId,
      organizationId,
      subject: row.subject,
      subjectKey,
      contactEmail,
      answered: answeredAfter(row),
      opened: existing === undefined,
    });
    if (subject && existing === undefined) this.#bySubject.set(subject, threadId);
    this.stored.push({ ...row, threadId });
    const placed = { organizationId, emailId: row.id, threadId, created: true, waits, vip };
    this.#byMessageId.set(`${organizationId} ${row.messageId}`, placed);
    return placed;
  }

  #save(thread: ThreadRow): void {
    const known = this.threads.get(thread.id);
    if (known) known.answered = thread.answered ?? known.answered;
    else this.threads.set(thread.id, thread);
  }
}

function answeredAfter(row: EmailRow): boolean | null {
  if (waitsForAnswer(row)) return false;
  return row.kind === "OWN" ? true : null;
}

function waitsForAnswer({ kind, direction }: EmailRow): boolean {
  return direction === "INBOUND" && (kind === "PERSON" || kind === "FORWARD");
}
