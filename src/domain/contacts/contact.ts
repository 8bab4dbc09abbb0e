import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../channel.ts";
import type { Issue } from "../errors.ts";
import { checkRecipient, tidyRecipient, type Variables } from "../recipients.ts";

/** Person to whom an organization sends messages, with an email address, a Messenger id, or both. */
export interface Contact {
  readonly id: string;
  readonly organizationId: string;
  readonly email: string | null;
  /** Page-scoped id of a Messenger user. */
  readonly psid: string | null;
  readonly name: string | null;
  readonly vip: boolean;
  readonly variables: Record<string, unknown>;
  /** Time of the first sign-up; null: imported only. */
  readonly registeredAt: Date | null;
  readonly createdAt: Date;
  readonly updatedAt: Date;
  /** Time at which one of its addresses was first unsubscribed; null: none is. */
  readonly unsubscribedAt: Date | null;
  /** Whether one of its addresses is on the suppression list, for any reason. */
  readonly suppressed: boolean;
}

/** Fields of a contact as a client sent them. */
export interface ContactInput {
  readonly email?: string | null;
  readonly psid?: string | null;
  readonly name?: string | null;
  /** Absent or false: an existing contact keeps its value. */
  readonly vip?: boolean | null;
  readonly variables?: Variables | null;
}

/** Checked fields of a contact that is to be created, or merged into the one with the same address. */
export interface NewContact {
  readonly email: string | null;
  /** Email address as the suppression list has it. */
  readonly emailKey: string | null;
  readonly psid: string | null;
  readonly name: string | null;
  readonly vip: boolean;
  readonly variables: Variables;
}

/** Field of a contact that has its address on each channel. */
export const ADDRESS_FIELDS: Readonly<Record<MessageChannel, "email" | "psid">> = {
  EMAIL: "email",
  MESSENGER: "psid",
};

const ANY_ADDRESS = { checkAddress: () => null };

/** Trims the fields of a contact, and normalizes its email address. Blank addresses and names become null. */
export function tidyContact({ email, psid, name, vip, variables }: ContactInput): NewContact {
  const tidy = tidyRecipient({ address: email ?? "", name, variables });
  const address = tidy.address || null;
  return {
    email: address,
    emailKey: address && CHANNEL_RULES.EMAIL.normalizeAddress(address),
    psid: psid?.trim() || null,
    name: tidy.name,
    vip: vip ?? false,
    variables: tidy.variables,
  };
}

/**
 * Finds the faults of a contact: no address or an invalid one, and texts and variables that `sendMessage` would
 * refuse of a recipient.
 *
 * @param path of the contact in the caller's input
 * @returns the issues; empty if there are none
 */
export function checkContact(contact: NewContact, path: readonly string[]): Issue[] {
  const { email, psid } = contact;
  if (email === null && psid === null) {
    const message = "is missing: a contact has an email address, a psid or both";
    return [{ path: [...path, "email"], code: "REQUIRED", message }];
  }
  const issues: Issue[] = [];
  for (const channel of MESSAGE_CHANNELS) {
    const field = ADDRESS_FIELDS[channel];
    const address = contact[field];
    const fault = address === null ? null : CHANNEL_RULES[channel].checkAddress(address);
    if (fault) issues.push({ path: [...path, field], code: fault[0], message: fault[1] });
  }
  const { name, variables } = contact;
  return [...issues, ...checkRecipient({ address: "", name, variables }, ANY_ADDRESS, path)];
}
