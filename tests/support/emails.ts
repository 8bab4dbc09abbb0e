import type { Database } from "../../src/db/database.ts";
import { statement } from "../../src/db/database.ts";
import type { EmailKind } from "../../src/domain/emails/email.ts";
import { type PlacedEmail, placeInThreads } from "../../src/domain/emails/incoming.ts";
import type { ParsedMail } from "../../src/domain/emails/mail.ts";
import { type NewEmail, toRow } from "../../src/domain/emails/store.ts";

/** Returns a mail of Grace to the shop. */
export function parsedMail(overrides: Partial<ParsedMail> = {}): ParsedMail {
  return {
    messageId: `${crypto.randomUUID()}@example.com`,
    inReplyTo: null,
    references: [],
    from: { address: "Grace@Example.com", name: "Grace" },
    replyTo: null,
    to: ["shop@example.org"],
    subject: "Where is my order?",
    text: "It has not arrived.",
    html: null,
    attachmentCount: 0,
    date: null,
    headers: new Map(),
    ...overrides,
  };
}

/** Returns the mail as it is stored. */
export function newEmail(
  mail: ParsedMail,
  { kind = "PERSON", ...rest }: Partial<NewEmail> & { kind?: EmailKind } = {},
): NewEmail {
  return {
    mail,
    kind,
    direction: kind === "OWN" ? "OUTBOUND" : "INBOUND",
    replyText: mail.text,
    threadId: null,
    receivedAt: null,
    deliveryId: null,
    ...rest,
  };
}

/** Stores mails in threads of the inbox, in one transaction. */
export function placeMails(
  db: Database,
  organizationId: string,
  emails: readonly NewEmail[],
): Promise<PlacedEmail[]> {
  return db.transaction((tx) =>
    placeInThreads(tx, emails.map((email) => toRow(organizationId, email)))
  );
}

const COUNT = statement<[], { threads: number; emails: number }>(
  "test.countMails",
  "select (select count(*) from threads) as threads, (select count(*) from emails) as emails",
);

/** Number of stored threads and mails. */
export async function countMails(db: Database): Promise<{ threads: number; emails: number }> {
  const [counts] = await db.run(COUNT);
  return counts ?? { threads: 0, emails: 0 };
}
