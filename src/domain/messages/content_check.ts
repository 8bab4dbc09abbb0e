import { z } from "zod";
import type { MessageChannel } from "../channel.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import {
  compileContent,
  type CompiledContent,
  type Content,
  variablesOf,
} from "../templates/template.ts";

/** One line of text: 1 to `max` characters, the space around it aside. */
export function line(max: number): z.ZodString {
  return z.string().trim().min(1, "is empty").max(max, `is longer than ${max} characters`)
    .regex(/^[^\r\n\0]*$/, "must not hold line ends or NUL characters");
}

/** The variable that every recipient has of a message that can be unsubscribed from. */
export const UNSUBSCRIBE_URL = "unsubscribe_url";

/** What stands for it where nobody can unsubscribe: in a preview and in a test message. */
export const SAMPLE_UNSUBSCRIBE_URL = "https://example.com/unsubscribe/sample";

const body = z.string().max(1_000_000, "is longer than 1,000,000 characters")
  .regex(/^[^\0]*$/, "must not hold NUL characters").nullish();

/** The fields that `sendMessage` and `updateMessage` share. */
export const messageFields = {
  title: line(200),
  content: z.object({ subject: line(2_000), text: body, html: body }),
  sendAt: z.date("is not a time").nullish(),
  maxAttempts: z.number().int().min(1, "is below 1").max(10, "is above 10"),
};

const contentSchema = z.object({ content: messageFields.content });

/** A fault that zod found, under the codes that clients know. */
export function issueOf(issue: z.core.$ZodIssue): Issue {
  return { path: issue.path.map(String), code: codeOf(issue), message: issue.message };
}

function codeOf(issue: z.core.$ZodIssue): string {
  const ofText = "origin" in issue && issue.origin === "string";
  switch (issue.code) {
    case "too_small":
      return ofText ? "REQUIRED" : "OUT_OF_RANGE";
    case "too_big":
      return ofText ? "TOO_LONG" : "OUT_OF_RANGE";
    case "invalid_format":
      return issue.path.at(-1) === "subject" ? "HEADER_INJECTION" : "MALFORMED";
    default:
      return "MALFORMED";
  }
}

/** Meta's limit, in characters. */
const MAX_MESSENGER_TEXT = 2_000;

/** What a channel would not take of a content. What templates make of it shows when it is sent. */
export function issuesOfText(channel: MessageChannel, { text }: Content): Issue[] {
  if (channel === "EMAIL") return [];
  const path = ["content", "text"];
  if (!text?.trim()) {
    const message = "is what a Messenger message consists of, and is missing";
    return [{ path, code: "REQUIRED", message }];
  }
  if (/\{[{%]/.test(text) || Array.from(text).length <= MAX_MESSENGER_TEXT) return [];
  const message = `is longer than ${MAX_MESSENGER_TEXT} characters, which is all that Meta takes`;
  return [{ path, code: "TOO_LONG", message }];
}

/**
 * A content by itself, checked and compiled.
 *
 * @throws {InvalidInputError} with every fault, under the path `content`
 */
export function checkContent(content: Content): CompiledContent {
  const { error } = contentSchema.safeParse({ content });
  if (error) throw new InvalidInputError(error.issues.map(issueOf));
  return compileContent(content);
}

/**
 * What is wrong with the templates of a content.
 *
 * @param message whether it can be unsubscribed from
 * @param faultOf why a variable that is named is not there for everybody; null when it is
 */
export async function issuesOfTemplates(
  content: Content,
  { unsubscribable }: { readonly unsubscribable: boolean },
  faultOf: (name: string) => string | null | Promise<string | null>,
): Promise<Issue[]> {
  let compiled: CompiledContent;
  try {
    compiled = compileContent(content);
  } catch (error) {
    if (error instanceof InvalidInputError) return [...error.issues];
    throw error;
  }
  const issues: Issue[] = [];
  for (const { part, name, line, column } of variablesOf(compiled)) {
    if (unsubscribable && name === UNSUBSCRIBE_URL) continue;
    const fault = await faultOf(name);
    if (fault === null) continue;
    const message = `line ${line}, column ${column}: ${fault}`;
    issues.push({ path: ["content", part], code: "UNKNOWN_VARIABLE", message });
  }
  return issues;
}

/** What is wrong with a variable that a message to an audience names: nobody has it. */
export function faultOfVariable(
  { variableNames }: { readonly variableNames: readonly string[] },
  name: string,
): string | null {
  return variableNames.includes(name) ? null : `unknown variable ${name}`;
}
