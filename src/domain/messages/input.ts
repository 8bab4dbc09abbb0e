import { z } from "zod";
import type { Caller } from "../access/access.ts";
import type { Audience } from "../audiences/audience.ts";
import { getAudience } from "../audiences/operations.ts";
import { invalid, InvalidInputError, type Issue } from "../errors.ts";
import {
  checkRecipient,
  normalizeAddress,
  type Recipient,
  type RecipientInput,
  tidyRecipient,
} from "../recipients.ts";
import type { Services } from "../services.ts";
import type { MessageChannel, RetryMode } from "./message.ts";
import { compileContent, variablesOf } from "./template.ts";

/** Inline recipients at most; more come as an audience. */
export const MAX_INLINE_RECIPIENTS = 10_000;

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

const line = (max: number) =>
  z.string().trim().min(1, "is empty").max(max, `is longer than ${max} characters`)
    .regex(/^[^\r\n\0]*$/, "must not hold line ends or NUL characters");
const body = z.string().max(1_000_000, "is longer than 1,000,000 characters")
  .refine((text) => !text.includes("\0"), "must not hold NUL characters").nullish();

const inputSchema = z.object({
  title: line(200),
  type: line(100),
  priority: z.number().int().min(-100, "is below -100").max(100, "is above 100"),
  content: z.object({ subject: line(2_000), text: body, html: body }),
  retry: z.object({
    maxAttempts: z.number().int().min(1, "is below 1").max(10, "is above 10"),
  }),
  idempotencyKey: line(200).nullish(),
});

/**
 * Checks every field but the recipients.
 *
 * @returns the texts, trimmed
 * @throws {InvalidInputError}
 */
export function checkFields(input: SendMessageInput): z.infer<typeof inputSchema> {
  const result = inputSchema.safeParse(input);
  const issues: Issue[] = (result.error?.issues ?? []).map(({ path, code, message }) => ({
    path: path.map(String),
    code: code.toUpperCase(),
    message,
  }));
  if (input.channel !== "EMAIL") {
    issues.push({ path: ["channel"], code: "NOT_CONFIGURED", message: "is not configured here" });
  }
  if (!result.success || issues.length > 0) throw new InvalidInputError(issues);
  return result.data;
}

/**
 * Checks the recipients: an inline list is answered tidied, an audience as it stands.
 *
 * @throws {InvalidInputError} naming the index of each recipient that is none
 * @throws {NotFoundError} for an audience that the caller may not see
 */
export async function resolveRecipients(
  services: Services,
  caller: Caller,
  { to }: SendMessageInput,
): Promise<{ recipients: Recipient[]; audience: Audience | null }> {
  if (to.audienceId != null) {
    const audience = await getAudience(services, caller, to.audienceId);
    const path = ["to", "audienceId"];
    if (audience.importStatus === "RUNNING") {
      throw invalid(path, "NOT_READY", "names an audience that is still being imported");
    }
    if (audience.recipientCount === 0) throw invalid(path, "EMPTY", "names an empty audience");
    return { recipients: [], audience };
  }
  const list = to.list ?? [];
  const path = ["to", "list"];
  if (list.length === 0) throw invalid(path, "EMPTY", "names no recipient");
  if (list.length > MAX_INLINE_RECIPIENTS) {
    const message = `holds more than ${MAX_INLINE_RECIPIENTS} recipients; import an audience`;
    throw invalid(path, "TOO_LONG", message);
  }
  const recipients = list.map(tidyRecipient);
  const issues = recipients.flatMap((recipient, index) =>
    checkRecipient(recipient, [...path, String(index)])
  );
  if (issues.length > 0) throw new InvalidInputError(issues);
  return { recipients, audience: null };
}

/**
 * Refuses templates that do not parse or name a variable that is not there: every inline recipient
 * must have it, of an audience at least one.
 *
 * @throws {InvalidInputError}
 */
export function checkVariables(
  { content }: SendMessageInput,
  recipients: readonly Recipient[],
  audience: Audience | null,
): void {
  const issues: Issue[] = [];
  for (const { part, name, line, column } of variablesOf(compileContent(content))) {
    const where = `line ${line}, column ${column}:`;
    if (audience) {
      if (audience.variableNames.includes(name)) continue;
      issues.push(unknownVariable(["content", part], `${where} unknown variable ${name}`));
      continue;
    }
    const index = recipients.findIndex(({ variables }) => !Object.hasOwn(variables, name));
    if (index < 0) continue;
    const message = `${where} recipient ${index} has no variable ${name}`;
    issues.push(unknownVariable(["content", part], message));
  }
  if (issues.length > 0) throw new InvalidInputError(issues);
}

function unknownVariable(path: string[], message: string): Issue {
  return { path, code: "UNKNOWN_VARIABLE", message };
}

/** Leaves each address once, whatever its case: the first of each stays. */
export function collapse(
  recipients: readonly Recipient[],
): { unique: Recipient[]; duplicates: number } {
  const unique = new Map<string, Recipient>();
  for (const recipient of recipients) {
    const address = normalizeAddress(recipient.address);
    if (!unique.has(address)) unique.set(address, recipient);
  }
  return { unique: [...unique.values()], duplicates: recipients.length - unique.size };
}
