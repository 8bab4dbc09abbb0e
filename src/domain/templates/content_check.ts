import { z } from "zod";
import { InvalidInputError, type Issue } from "../errors.ts";
import { HEADER_INJECTION, issuesOf, singleLine } from "../validation.ts";
import {
  compileContent,
  type CompiledContent,
  type Content,
  requiredVariables,
  UNSUBSCRIBE_URL,
} from "./template.ts";

const body = z.string().max(1_000_000, "is longer than 1,000,000 characters")
  .regex(/^[^\0]*$/, "must not contain NUL characters").nullish();

/** Schema of a content; `issuesOfTemplates` checks its templates. */
export const contentSchema = z.object({
  subject: singleLine(2_000, HEADER_INJECTION[0]),
  text: body,
  html: body,
});

/**
 * Checks and compiles a content.
 *
 * @returns the parts, ready to be rendered
 * @throws {InvalidInputError} with every fault, under the path `content`
 */
export function checkContent(content: Content): CompiledContent {
  const issues = issuesOf(contentSchema.safeParse(content), ["content"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return compileContent(content);
}

/**
 * Finds faults of the templates of a content.
 *
 * @param message `unsubscribable`: whether every recipient has the variable `unsubscribe_url`
 * @param faultOf returns the issue text if recipients lack a variable; null if they have it
 * @returns issues under the path `content`: TEMPLATE, or else UNKNOWN_VARIABLE
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
  for (const { part, name, line, column } of requiredVariables(compiled)) {
    if (unsubscribable && name === UNSUBSCRIBE_URL) continue;
    const fault = await faultOf(name);
    if (fault === null) continue;
    const message = `line ${line}, column ${column}: ${fault}`;
    issues.push({ path: ["content", part], code: "UNKNOWN_VARIABLE", message });
  }
  return issues;
}
