import type { NewContact } from "./contact.ts";

/** Contact of a file with the number of its line. */
export interface NumberedContact {
  readonly line: number;
  readonly contact: NewContact;
}

/** Contact that was merged from one row or several. */
export interface MergedContact {
  readonly contact: NewContact;
  readonly lines: readonly number[];
}

/** Result of a merge. */
export interface MergeResult {
  /** Contacts without an address in common. */
  readonly merged: readonly MergedContact[];
  /** Lines whose psid belongs to a row with another email address. */
  readonly conflicting: readonly number[];
}

/**
 * Merges contacts with the same email address or psid, because one statement cannot change a row twice. The first
 * spelling of an email address is kept; other fields of later contacts replace those of earlier ones, unless they are
 * absent.
 */
export function mergeContacts(contacts: readonly NumberedContact[]): MergeResult {
  const byEmail = new Map<string, MergedContact>();
  const byPsid = new Map<string, MergedContact>();
  const conflicting: number[] = [];
  for (const { line, contact } of contacts) {
    const { emailKey, psid } = contact;
    const sameEmail = emailKey === null ? undefined : byEmail.get(emailKey);
    const samePsid = psid === null ? undefined : byPsid.get(psid);
    const otherEmail = samePsid?.contact.emailKey ?? emailKey;
    if (sameEmail && samePsid && sameEmail !== samePsid || otherEmail !== emailKey && emailKey) {
      conflicting.push(line);
      continue;
    }
    const known = sameEmail ?? samePsid;
    const merged = known
      ? { contact: merge(known.contact, contact), lines: [...known.lines, line] }
      : { contact, lines: [line] };
    if (known?.contact.psid) byPsid.delete(known.contact.psid);
    if (merged.contact.emailKey) byEmail.set(merged.contact.emailKey, merged);
    if (merged.contact.psid) byPsid.set(merged.contact.psid, merged);
  }
  return { merged: [...new Set([...byEmail.values(), ...byPsid.values()])], conflicting };
}

function merge(earlier: NewContact, later: NewContact): NewContact {
  return {
    email: earlier.email ?? later.email,
    emailKey: earlier.emailKey ?? later.emailKey,
    psid: later.psid ?? earlier.psid,
    name: later.name ?? earlier.name,
    vip: later.vip || earlier.vip,
    variables: { ...earlier.variables, ...later.variables },
  };
}
