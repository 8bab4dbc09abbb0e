import { z } from "zod";
import type { Caller } from "../access/access.ts";
import type { Audience } from "../audiences/audience.ts";
import { getAudience } from "../audiences/find.ts";
import type { MessageChannel } from "../channel.ts";
import { missingContactVariable } from "../contacts/recipients.ts";
import type { RetryBackoff, RetryMode } from "../deliveries/delivery.ts";
import { CHANNEL_RULES } from "../channel_rules/channel_rules.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import {
  checkRecipient,
  type Recipient,
  type RecipientInput,
  tidyRecipient,
} from "../recipients.ts";
import type { Content } from "../rendering.ts";
import type { Services } from "../services.ts";
import { contentSchema, issuesOfTemplates } from "../templates/content_check.ts";
import { chooseContent, type ChosenContent } from "../templates/use.ts";
import { issuesOf, singleLine } from "../validation.ts";
import { issuesOfSender, type MessageSender, type SenderInput, tidySender } from "./sender.ts";
import {
  type ContactsInput,
  type ContactTarget,
  issuesOfContacts,
  resolveContacts,
} from "./to_contacts.ts";

/** Larger recipient lists are imported as an audience. */
const MAX_INLINE_RECIPIENTS = 10_000;

/** Input of `sendMessage`. */
export interface SendMessageInput extends SenderInput {
  /** 1 to 200 characters. */
  readonly title: string;
  readonly channel: MessageChannel;
  /** Free name for reports and fair scheduling, 1 to 100 characters. */
  readonly type: string;
  readonly lane: "BULK" | "TRANSACTIONAL";
  /** -100 to 100; higher is sent first within its type. */
  readonly priority: number;
  /** Either `content` or `templateId`. */
  readonly content?: Content | null;
  /** Template whose latest version is the content. */
  readonly templateId?: string | null;
  /** Exactly one of these fields. */
  readonly to: {
    readonly list?: readonly RecipientInput[] | null;
    readonly audienceId?: string | null;
    readonly contacts?: ContactsInput | null;
  };
  /** Absent: send now. */
  readonly sendAt?: Date | null;
  readonly retry: {
    readonly mode: RetryMode;
    readonly maxAttempts: number;
    /** Absent: GROWING. */
    readonly backoff?: RetryBackoff;
  };
  readonly onUnknown: "HOLD" | "RESEND";
  readonly unsubscribable: boolean;
  /** 1 to 200 characters. */
  readonly idempotencyKey?: string | null;
}

/** Retry settings of a message that names none. */
export const DEFAULT_RETRY = { mode: "MANUAL", maxAttempts: 3, backoff: "GROWING" } as const;

/** Schemas of the fields that `sendMessage` and `updateMessage` share. */
export const messageFields = {
  title: singleLine(200),
  content: contentSchema,
  sendAt: z.date("is not a valid time").nullish(),
  maxAttempts: z.number().int("is not a whole number").min(1, "is below 1").max(10, "is above 10"),
};

const inputSchema = z.object({
  title: messageFields.title,
  type: singleLine(100),
  priority: z.number().int("is not a whole number").min(-100, "is below -100").max(
    100,
    "is above 100",
  ),
  content: messageFields.content,
  sendAt: messageFields.sendAt,
  retry: z.object({ maxAttempts: messageFields.maxAttempts }),
  idempotencyKey: singleLine(200).nullish(),
});

/** Checked input of `sendMessage`, with its content: texts and recipients are trimmed. */
export interface CheckedInput extends ChosenContent {
  readonly fields: z.infer<typeof inputSchema>;
  /** Inline recipients without duplicate addresses; empty for an audience and for all contacts. */
  readonly recipients: readonly Recipient[];
  readonly duplicates: number;
  readonly audience: Audience | null;
  readonly contacts: ContactTarget | null;
  readonly sender: MessageSender;
}

/**
 * Checks the input of `sendMessage`; writes nothing.
 *
 * @returns the trimmed fields, the inline recipients, and the audience or the contacts
 * @throws {InvalidInputError} with every fault
 * @throws {NotFoundError} for an audience that the caller may not see, and for unknown contacts and templates
 */
export async function checkInput(
  services: Services,
  caller: Caller,
  input: SendMessageInput,
): Promise<CheckedInput> {
  const { content, template } = await chooseContent(services, caller, input);
  const { audienceId, list, contacts: selected } = input.to;
  const audience = audienceId == null ? null : await getAudience(services, caller, audienceId);
  const contacts = selected
    ? await resolveContacts(services, caller, input.channel, selected)
    : null;
  const inlineRecipients = contacts?.recipients ?? (list ?? []).map(tidyRecipient);
  const fields = inputSchema.safeParse({ ...input, content });
  const sender = tidySender(input);
  const issues = [
    ...issuesOf(fields),
    ...issuesOfChannel(services, input),
    ...await issuesOfSender(services, caller, sender, input.channel),
    ...issuesOfText(input.channel, content),
    ...(contacts
      ? issuesOfContacts(contacts, input.channel)
      : audience
      ? issuesOfAudience(audience, input.channel)
      : issuesOfList(inlineRecipients, input.channel)),
  ];
  if (!issues.some(({ path }) => path[0] === "content")) {
    // Every inline recipient must have the variables of the templates; of an audience or all contacts, at
    // least one.
    const faultOf = (name: string) => {
      if (audience) return missingAudienceVariable(audience, name);
      if (!contacts?.selection) return missingInlineVariable(inlineRecipients, name);
      return missingContactVariable(services, caller, contacts.selection, name);
    };
    issues.push(...await issuesOfTemplates(services, caller, content, input, faultOf));
  }
  if (!fields.success || issues.length > 0) {
    throw new InvalidInputError(template ? issues.map(inTemplate) : issues);
  }
  const unique = removeDuplicates(inlineRecipients, input.channel);
  return { fields: fields.data, content, template, audience, contacts, sender, ...unique };
}

/** Names `templateId` in place of `content` in a fault of the content of a template. */
export function inTemplate(issue: Issue): Issue {
  const [field, part] = issue.path;
  if (field !== "content") return issue;
  return { ...issue, path: ["templateId"], message: `${part}: ${issue.message}` };
}

/** Checks the text of a content by the rules of its channel. */
export function issuesOfText(channel: MessageChannel, { text }: Content): Issue[] {
  const fault = CHANNEL_RULES[channel].checkText(text ?? "");
  return fault ? [{ path: ["content", "text"], code: fault[0], message: fault[1] }] : [];
}

/** Returns the fault of a variable that no recipient of an audience has; null if one has it. */
export function missingAudienceVariable(
  { variableNames }: Pick<Audience, "variableNames">,
  name: string,
): string | null {
  return variableNames.includes(name)
    ? null
    : `no recipient of the audience has a variable ${name}`;
}

function issuesOfChannel({ channels }: Services, input: SendMessageInput): Issue[] {
  const { name, needsProvider, unsubscribable } = CHANNEL_RULES[input.channel];
  const issues: Issue[] = [];
  if (needsProvider && !channels?.has(input.channel)) {
    const message = `is not configured: the server has no provider for ${name}`;
    issues.push({ path: ["channel"], code: "NOT_CONFIGURED", message });
  }
  if (input.unsubscribable && !unsubscribable) {
    const message = `cannot be true: ${name} has no unsubscribe link`;
    issues.push({ path: ["unsubscribable"], code: "NOT_APPLICABLE", message });
  }
  return issues;
}

function issuesOfAudience(
  { channel, importStatus, partial }: Audience,
  wanted: MessageChannel,
): Issue[] {
  const path = ["to", "audienceId"];
  if (channel !== wanted) {
    const [audienceName, messageName] = [CHANNEL_RULES[channel].name, CHANNEL_RULES[wanted].name];
    const message =
      `is an audience for ${audienceName}, but this message is sent by ${messageName}`;
    return [{ path, code: "WRONG_CHANNEL", message }];
  }
  if (importStatus === "RUNNING") {
    return [{ path, code: "NOT_READY", message: "is an audience that is still being imported" }];
  }
  if (partial) {
    const message = "is an audience whose import failed; import the file into it again";
    return [{ path, code: "NOT_READY", message }];
  }
  return [];
}

function issuesOfList(recipients: readonly Recipient[], channel: MessageChannel): Issue[] {
  const path = ["to", "list"];
  if (recipients.length === 0) return [{ path, code: "EMPTY", message: "contains no recipient" }];
  if (recipients.length > MAX_INLINE_RECIPIENTS) {
    const message = `contains more than ${MAX_INLINE_RECIPIENTS} recipients; import an audience`;
    return [{ path, code: "TOO_LONG", message }];
  }
  return recipients.flatMap((recipient, index) =>
    checkRecipient(recipient, CHANNEL_RULES[channel], [...path, String(index)])
  );
}

function missingInlineVariable(recipients: readonly Recipient[], name: string): string | null {
  const index = recipients.findIndex(({ variables }) => !Object.hasOwn(variables, name));
  if (index < 0) return null;
  const lacking = recipients.length === 1
    ? "the recipient"
    : `recipient ${recipients[index]?.address}`;
  return `${lacking} has no variable ${name}`;
}

/** Keeps the first recipient of each address. */
function removeDuplicates(
  recipients: readonly Recipient[],
  channel: MessageChannel,
): Pick<CheckedInput, "recipients" | "duplicates"> {
  const unique = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const address = CHANNEL_RULES[channel].normalizeAddress(recipient.address);
    if (!unique.has(address)) unique.set(address, recipient);
  }
  return { recipients: [...unique.values()], duplicates: recipients.length - unique.size };
}
