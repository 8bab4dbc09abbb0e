import { z } from "zod";
import type { Caller } from "../access/access.ts";
import { invalid, InvalidInputError, type Issue } from "../errors.ts";
import type { Content, ContentSource, MadeContent } from "../rendering.ts";
import type { Services } from "../services.ts";
import { issuesOf } from "../validation.ts";
import { contentSchema } from "./content_check.ts";
import { renderingOf } from "./main_thread.ts";

/** Source of the content of a template: `content`, or `subject` and `mjml`. */
export interface SourceInput {
  readonly content?: Content | null;
  readonly subject?: string | null;
  /** Absent: generated from the HTML. */
  readonly text?: string | null;
  readonly mjml?: string | null;
}

/** Content built from its source. */
export interface MadeTemplate extends MadeContent {
  readonly mjml: string | null;
}

const EXCLUSIVE = "must not be given together with content";

const mjmlSchema = contentSchema.omit({ html: true }).extend({
  mjml: z.string().max(200_000, "is longer than 200,000 characters")
    .regex(/^[^\0]*$/, "must not contain NUL characters"),
});

/**
 * Builds the content of a template: compiles MJML, generates a missing text from the HTML, and checks the Liquid
 * templates of the result.
 *
 * @throws {InvalidInputError} with the faults, by the fields of the input; of MJML and Liquid with line and column
 */
export async function makeTemplate(
  services: Pick<Services, "rendering">,
  { organizationId }: Pick<Caller, "organizationId">,
  input: SourceInput,
): Promise<MadeTemplate> {
  const source = sourceOf(input);
  const rendering = renderingOf(services);
  const purpose = { organizationId };
  const { subject, text, html, mjml = null } = source;
  const inInput = (issue: Issue) => mjml === null ? issue : pathOfMjml(issue);
  // Before it is compiled, because only here the positions are those of the MJML.
  await withIssues(inInput, () => rendering.check(purpose, { subject, text, html: mjml ?? html }));
  const made = await withIssues(inInput, () => rendering.make(purpose, source));
  await withIssues(
    (issue) => inInput(ofResult(issue, made)),
    () => rendering.check(purpose, made.content),
  );
  return { ...made, mjml };
}

function sourceOf({ content, subject, text, mjml }: SourceInput): ContentSource {
  if (content) {
    const given = Object.entries({ subject, text, mjml }).filter(([, value]) => value != null);
    const [field] = given[0] ?? [];
    if (field) throw invalid([field], "EXCLUSIVE", EXCLUSIVE);
    return checked(contentSchema.safeParse(content), ["content"]);
  }
  if (mjml == null) {
    throw invalid(["content"], "REQUIRED", "is required, unless subject and mjml are given");
  }
  return checked(mjmlSchema.safeParse({ subject: subject ?? "", text, mjml }), []);
}

function checked<T>(result: z.ZodSafeParseResult<T>, path: readonly string[]): T {
  if (!result.success) throw new InvalidInputError(issuesOf(result, path));
  return result.data;
}

async function withIssues<T>(change: (issue: Issue) => Issue, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.issues.map(change));
  }
}

/** The fields of a source with MJML have no `content` around them. */
function pathOfMjml(issue: Issue): Issue {
  const [, part = "mjml"] = issue.path;
  return { ...issue, path: [part === "html" ? "mjml" : part] };
}

/** Names the part with the fault, if it is not in the source. */
function ofResult(issue: Issue, { textMade }: MadeContent): Issue {
  if (issue.path[1] !== "text" || !textMade) return issue;
  const message = `cannot be made from the HTML, so that it must be given: ${issue.message}`;
  return { ...issue, message };
}
