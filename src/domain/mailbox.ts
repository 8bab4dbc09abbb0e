import { checkEmailAddress, normalizeEmailAddress } from "./email_address.ts";
import type { Issue } from "./errors.ts";
import { checkRecipient, tidyRecipient } from "./recipients.ts";

/** Sender of mails: an email address, with a display name. */
export interface Mailbox {
  readonly address: string;
  readonly name: string | null;
}

/** Mailbox as a client sent it. */
export interface MailboxInput {
  readonly address: string;
  readonly name?: string | null;
}

/** Sender of an organization or a message, as it is stored; null: it has none of its own. */
export interface StoredSender {
  readonly fromAddress: string | null;
  readonly fromName: string | null;
}

/** Returns a stored sender; null if there is none. */
export function senderOf({ fromAddress, fromName }: StoredSender): Mailbox | null {
  return fromAddress === null ? null : { address: fromAddress, name: fromName };
}

/** Trims address and name. A blank name becomes null. */
export function tidyMailbox(input: MailboxInput): Mailbox {
  const { address, name } = tidyRecipient(input);
  return { address, name };
}

/**
 * Finds the faults of a mailbox: no email address, line ends that could add a mail header, a long name.
 *
 * @param path of the mailbox in the caller's input
 */
export function issuesOfMailbox(mailbox: Mailbox, path: readonly string[]): Issue[] {
  const rules = { checkAddress: checkEmailAddress };
  return checkRecipient({ ...mailbox, variables: {} }, rules, path);
}

/**
 * Finds the fault of an email address, if it is given.
 *
 * @param path of the address in the caller's input
 */
export function issuesOfAddress(
  address: string | null | undefined,
  path: readonly string[],
): Issue[] {
  const fault = address == null ? null : checkEmailAddress(address.trim());
  return fault ? [{ path, code: fault[0], message: fault[1] }] : [];
}

/** Returns the domain of an address in its normal form: in lower case and its own script. */
export function domainOf({ address }: Mailbox): string {
  return normalizeEmailAddress(address).slice(address.lastIndexOf("@") + 1);
}
