import type { Caller } from "../access/access.ts";
import { getOrganization } from "../access/organizations.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import type { MessageChannel } from "../channel.ts";
import type { Issue } from "../errors.ts";
import {
  domainOf,
  issuesOfAddress,
  issuesOfMailbox,
  type Mailbox,
  type MailboxInput,
  senderOf,
  tidyMailbox,
} from "../mailbox.ts";
import type { Services } from "../services.ts";

/** Sender of a new message; absent or null: that of the organization. */
export interface SenderInput {
  /** Of the same domain as the sender of the organization. */
  readonly from?: MailboxInput | null;
  readonly replyTo?: string | null;
}

/** Checked sender of a new message; null: that of the organization. */
export interface MessageSender {
  readonly from: Mailbox | null;
  readonly replyTo: string | null;
}

/** Trims the sender of a new message. */
export function tidySender({ from, replyTo }: SenderInput): MessageSender {
  return { from: from ? tidyMailbox(from) : null, replyTo: replyTo?.trim() ?? null };
}

/**
 * Finds the faults of a message's sender. Its domain must be that of the organization's sender, because
 * receiving servers check that the domain allows the provider to send for it.
 */
export async function issuesOfSender(
  services: Services,
  caller: Caller,
  { from, replyTo }: MessageSender,
  channel: MessageChannel,
): Promise<Issue[]> {
  if (channel !== "EMAIL") {
    const message = `cannot be given: ${CHANNEL_RULES[channel].name} has no such field`;
    return [...(from ? ["from"] : []), ...(replyTo === null ? [] : ["replyTo"])]
      .map((field) => ({ path: [field], code: "NOT_APPLICABLE", message }));
  }
  const issues = issuesOfAddress(replyTo, ["replyTo"]);
  if (!from) return issues;
  const faults = issuesOfMailbox(from, ["from"]);
  if (faults.length > 0) return [...issues, ...faults];
  const organization = await getOrganization(services, caller, caller.organizationId);
  const sender = senderOf(organization) ?? services.mailFrom;
  if (sender && domainOf(from) === domainOf(sender)) return issues;
  const expected = sender ? `@${domainOf(sender)}, as that of the organization` : "absent";
  const message = `must be ${expected}; got ${from.address}`;
  return [...issues, { path: ["from", "address"], code: "WRONG_DOMAIN", message }];
}
