import type { Caller } from "../../src/domain/access/access.ts";
import type { Contact, ContactInput } from "../../src/domain/contacts/contact.ts";
import { importContacts } from "../../src/domain/contacts/import.ts";
import { listContacts } from "../../src/domain/contacts/list.ts";
import type { Services } from "../../src/domain/services.ts";

/** Imports contacts; each must be valid. */
export async function addContacts(
  services: Services,
  caller: Caller,
  contacts: readonly ContactInput[],
): Promise<void> {
  for (let from = 0; from < contacts.length; from += 5_000) {
    const rows = contacts.slice(from, from + 5_000).map((contact, line) => ({ line, contact }));
    const { refused } = await importContacts(services, caller, rows);
    if (refused.length > 0) throw new Error(`Refused: ${JSON.stringify(refused)}`);
  }
}

/** Finds the contact with an email address or a psid. */
export async function contactAt(
  services: Services,
  caller: Caller,
  address: string,
): Promise<Contact> {
  const { edges } = await listContacts(services, caller, { search: address }, {});
  const found = edges.find(({ node }) => node.email === address || node.psid === address);
  if (!found) throw new Error(`No contact has the address ${address}`);
  return found.node;
}
