import type { Connection } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import { checkContact, type ContactInput, type NewContact, tidyContact } from "./contact.ts";
import { mergeContacts, type NumberedContact } from "./merge.ts";
import { resolveAddresses, upsertContacts } from "./upsert.ts";

/** Row of a file: a contact, or the reason why the row could not be read. */
export type ContactRow =
  & {
    /** First line of the row in the file, from 1. */
    readonly line: number;
  }
  & ({ readonly contact: ContactInput } | { readonly reason: string });

/** Row that did not become a contact. */
interface RefusedContact {
  readonly line: number;
  readonly reason: string;
}

/** Result of a chunk of rows. */
export interface ImportedContacts {
  readonly added: number;
  /** Number of rows that were merged into a contact with the same address. */
  readonly updated: number;
  readonly refused: readonly RefusedContact[];
}

const TAKEN = "psid belongs to a contact with another email address";

/**
 * Refuses to import contacts for a MEMBER.
 *
 * @throws {ForbiddenError}
 */
export function checkMayImport(caller: Caller): void {
  requireAdmin(caller, "import contacts");
}

/**
 * Creates contacts from a chunk of rows, or merges them into those with the same address. Invalid rows are refused,
 * the others written. Nothing is sent.
 *
 * @param rows up to some thousands
 * @param complete called with the ids of the contacts, in the transaction that has written them
 * @throws {ForbiddenError} for a MEMBER
 */
export async function importContacts(
  { db, bus }: Services,
  caller: Caller,
  rows: readonly ContactRow[],
  complete: (tx: Connection, ids: readonly string[]) => Promise<void> = () => Promise.resolve(),
): Promise<ImportedContacts> {
  checkMayImport(caller);
  const { organizationId } = caller;
  const { valid, refused } = checkRows(rows);
  const { merged, conflicting } = mergeContacts(valid);
  const { upserted, taken } = await db.transaction(async (tx) => {
    const contacts = merged.map(({ contact }) => contact);
    const taken = await resolveAddresses(tx, organizationId, contacts);
    const free = contacts.filter((contact) => !isTaken(contact, taken));
    const upserted = await upsertContacts(tx, organizationId, free, false);
    await complete(tx, upserted.map(({ id }) => id));
    return { upserted, taken };
  });
  bus.publish("contacts", organizationId, upserted.map(({ id }) => id));
  const lines = [
    ...conflicting,
    ...merged.flatMap(({ contact, lines }) => isTaken(contact, taken) ? lines : []),
  ];
  const added = upserted.filter(({ created }) => created).length;
  return {
    added,
    updated: valid.length - lines.length - added,
    refused: [...refused, ...lines.map((line) => ({ line, reason: TAKEN }))]
      .toSorted((a, b) => a.line - b.line),
  };
}

function isTaken({ email, psid }: NewContact, taken: ReadonlySet<string>): boolean {
  return email !== null && psid !== null && taken.has(psid);
}

function checkRows(
  rows: readonly ContactRow[],
): { valid: NumberedContact[]; refused: RefusedContact[] } {
  const valid: NumberedContact[] = [];
  const refused: RefusedContact[] = [];
  for (const row of rows) {
    if ("reason" in row) {
      refused.push({ line: row.line, reason: row.reason });
      continue;
    }
    const contact = tidyContact(row.contact);
    const issues = checkContact(contact, []);
    if (issues.length === 0) valid.push({ line: row.line, contact });
    else {
      const reasons = issues.map(({ path, message }) => `${path.join(".")} ${message}`);
      refused.push({ line: row.line, reason: reasons.join("; ") });
    }
  }
  return { valid, refused };
}
