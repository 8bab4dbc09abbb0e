import { z } from "zod";
import type { Caller } from "../access/access.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { Services } from "../services.ts";
import { HEADER_INJECTION, issuesOf, singleLine } from "../validation.ts";
import type { Content, ContentVariables } from "../rendering.ts";
import { renderingOf } from "./main_thread.ts";
import { UNSUBSCRIBE_URL } from "./unsubscribe_url.ts";

// Limits the response for a template with hundreds of unknown variables.
const MAX_ISSUES = 100;

const body = z.string().max(1_000_000, "is longer than 1,000,000 characters")
  .regex(/^[^\0]*$/, "must not contain NUL characters").nullish();

/** Schema of a content; `issuesOfTemplates` checks its templates. */
export const contentSchema = z.object({
  subject: singleLine(2_000, HEADER_INJECTION[0]),
  text: body,
  html: body,
});

/**
 * Checks a content and finds its variables.
 *
 * @throws {InvalidInputError} with every fault, under the path `content`
 */
export async function checkContent(
  services: Pick<Services, "rendering">,
  { organizationId }: Pick<Caller, "organizationId">,
  content: Content,
): Promise<ContentVariables> {
  const issues = issuesOf(contentSchema.safeParse(content), ["content"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
  return await renderingOf(services).check({ organizationId }, content);
}

/**
 * Finds faults of the templates of a content, at most 100.
 *
 * @param message `unsubscribable`: whether every recipient has the variable `unsubscribe_url`
 * @param faultOf returns the issue text if recipients lack a variable; null if they have it
 * @returns issues under the path `content`: TEMPLATE, or else UNKNOWN_VARIABLE
 */
export async function issuesOfTemplates(
  services: Pick<Services, "rendering">,
  { organizationId }: Pick<Caller, "organizationId">,
  content: Content,
  { unsubscribable }: { readonly unsubscribable: boolean },
  faultOf: (name: string) => string | null | Promise<string | null>,
): Promise<Issue[]> {
  let variables: ContentVariables;
  try {
    variables = await renderingOf(services).check({ organizationId }, content);
  } catch (error) {
    if (error instanceof InvalidInputError) return [...error.issues];
    throw error;
  }
  const issues: Issue[] = [];
  for (const { part, name, line, column } of variables.required) {
    if (issues.length === MAX_ISSUES) break;
    if (unsubscribable && name === UNSUBSCRIBE_URL) continue;
    const fault = await faultOf(name);
    if (fault === null) continue;
    const message = `line ${line}, column ${column}: ${fault}`;
    issues.push({ path: ["content", part], code: "UNKNOWN_VARIABLE", message });
  }
  return issues;
}
