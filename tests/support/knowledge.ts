import type { Database } from "../../src/db/database.ts";
import { storeEmails } from "../../src/domain/emails/store.ts";
import { type ProposedFact, proposeFacts } from "../../src/domain/knowledge/propose.ts";
import { newEmail, parsedMail } from "./emails.ts";

/** Stores a mail to learn from, and returns its id. */
export async function importMail(
  db: Database,
  organizationId: string,
  from = "grace@example.com",
): Promise<string> {
  const mail = newEmail(parsedMail({ from: { address: from, name: null } }));
  const [stored] = await storeEmails(db, organizationId, [mail]);
  if (!stored) throw new Error("The mail was not stored");
  return stored.id;
}

/** Returns a fact that a mail says. */
export function learnedFact(overrides: Partial<ProposedFact> = {}): ProposedFact {
  return {
    kind: "FACT",
    scope: "all",
    question: "How long does a delivery take?",
    answer: "Three working days.",
    emailIds: [],
    ...overrides,
  };
}

/** Proposes facts that one new mail says; returns the number of new ones. */
export async function learn(
  db: Database,
  organizationId: string,
  facts: readonly Partial<ProposedFact>[],
): Promise<number> {
  const emailIds = [await importMail(db, organizationId)];
  const learned = facts.map((fact) => learnedFact({ emailIds, ...fact }));
  return await db.transaction((tx) => proposeFacts(tx, organizationId, learned));
}
