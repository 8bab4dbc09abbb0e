import { z } from "zod";
import type { Caller } from "../access/access.ts";
import type { Audience } from "../audiences/audience.ts";
import { getAudience } from "../audiences/operations.ts";
import type { MessageChannel } from "../channel.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import {
  checkRecipient,
  normalizeAddress,
  type Recipient,
  type RecipientInput,
  tidyRecipient,
} from "../recipients.ts";
import type { Services } from "../services.ts";
import {
  faultOfVariable,
  issueOf,
  issuesOfTemplates,
  issuesOfText,
  line,
  messageFields,
} from "./content_check.ts";
import type { RetryMode } from "./message.ts";

/** Inline recipients at most; more come as an audience. */
const MAX_INLINE_RECIPIENTS = 10_000;

/** What `sendMessage` takes. */
export interface SendMessageInput {
  /** 1 to 200 characters. */
  readonly title: string;
  readonly channel: MessageChannel;
  /** 1 to 100 characters: for reports and fair turns. */
  readonly type: string;
  readonly lane: "BULK" | "TRANSACTIONAL";
  /** -100 to 100; higher goes first within its type. */
  readonly priority: number;
  readonly content: {
    readonly subject: string;
    readonly text?: string | null;
    readonly html?: string | null;
  };
  /** One of the two. */
  readonly to: {
    readonly list?: readonly RecipientInput[] | null;
    readonly audienceId?: string | null;
  };
  /** Absent: now. */
  readonly sendAt?: Date | null;
  readonly retry: { readonly mode: RetryMode; readonly maxAttempts: number };
  readonly onUnknown: "HOLD" | "RESEND";
  readonly unsubscribable: boolean;
  /** 1 to 200 characters. */
  readonly idempotencyKey?: string | null;
}

const inputSchema = z.object({
  title: messageFields.title,
  type: line(100),
  priority: z.number().int().min(-100, "is below -100").max(100, "is above 100"),
  content: messageFields.content,
  sendAt: messageFields.sendAt,
  retry: z.object({ maxAttempts: messageFields.maxAttempts }),
  idempotencyKey: line(200).nullish(),
});

/** What `sendMessage` works with: texts and recipients tidied. */
export interface CheckedInput {
  readonly fields: z.infer<typeof inputSchema>;
  /** Of an inline list, each address once; empty for an audience. */
  readonly recipients: readonly Recipient[];
  readonly duplicates: number;
  readonly audience: Audience | null;
}

/**
 * Checks what `sendMessage` was given; writes nothing.
 *
 * @throws {InvalidInputError} with every fault that was found
 * @throws {NotFoundError} for an audience that the caller may not see
 */
export async function checkInput(
  services: Services,
  caller: Caller,
  input: SendMessageInput,
): Promise<CheckedInput> {
  const { audienceId, list } = input.to;
  const audience = audienceId == null ? null : await getAudience(services, caller, audienceId);
  const given = audience ? [] : (list ?? []).map(tidyRecipient);
  const fields = inputSchema.safeParse(input);
  const issues = [
    ...(fields.error?.issues ?? []).map(issueOf),
    ...issuesOfChannel(services, input),
    ...(audience ? issuesOfAudience(audience, input.channel) : issuesOfList(given, input.channel)),
  ];
  // Every inline recipient must have the variables that are named, of an audience at least one.
  // Templates stand for themselves only when their texts do.
  if (!issues.some(({ path }) => path[0] === "content")) {
    const faultOf = (name: string) =>
      audience ? faultOfVariable(audience, name) : faultOfInline(name, given);
    issues.push(...await issuesOfTemplates(input.content, input, faultOf));
  }
  if (!fields.success || issues.length > 0) throw new InvalidInputError(issues);
  return { fields: fields.data, audience, ...collapse(given) };
}

function issuesOfChannel({ channels }: Services, { channel, content }: SendMessageInput): Issue[] {
  if (channel === "EMAIL") return [];
  const issues: Issue[] = [];
  if (!channels?.has(channel)) {
    issues.push({ path: ["channel"], code: "NOT_CONFIGURED", message: "is not configured here" });
  }
  return [...issues, ...issuesOfText(channel, content)];
}

function issuesOfAudience(
  { channel, importStatus }: Audience,
  wanted: MessageChannel,
): Issue[] {
  const path = ["to", "audienceId"];
  if (channel !== wanted) {
    const message = `names an audience of ${channel} recipients, and this is a ${wanted} message`;
    return [{ path, code: "WRONG_CHANNEL", message }];
  }
  if (importStatus === "RUNNING") {
    return [{ path, code: "NOT_READY", message: "names an audience that is still being imported" }];
  }
  if (importStatus === "FAILED") {
    const message = "names an audience whose import broke off; import the whole file";
    return [{ path, code: "NOT_READY", message }];
  }
  return [];
}

function issuesOfList(recipients: readonly Recipient[], channel: MessageChannel): Issue[] {
  const path = ["to", "list"];
  if (recipients.length === 0) return [{ path, code: "EMPTY", message: "names no recipient" }];
  if (recipients.length > MAX_INLINE_RECIPIENTS) {
    const message = `holds more than ${MAX_INLINE_RECIPIENTS} recipients; import an audience`;
    return [{ path, code: "TOO_LONG", message }];
  }
  return recipients.flatMap((recipient, index) =>
    checkRecipient(recipient, channel, [...path, String(index)])
  );
}

function faultOfInline(name: string, recipients: readonly Recipient[]): string | null {
  const index = recipients.findIndex(({ variables }) => !Object.hasOwn(variables, name));
  if (index < 0) return null;
  return `${
    recipients.length === 1 ? "the recipient" : `recipient ${index}`
  } has no variable ${name}`;
}

/** Leaves each address once, whatever its case: the first of each stays. */
function collapse(
  recipients: readonly Recipient[],
): Pick<CheckedInput, "recipients" | "duplicates"> {
  const unique = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const address = normalizeAddress(recipient.address);
    if (!unique.has(address)) unique.set(address, recipient);
  }
  return { recipients: [...unique.values()], duplicates: recipients.length - unique.size };
}
