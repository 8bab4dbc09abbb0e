import { z } from "zod";
import type { Caller } from "../access/access.ts";
import { InvalidInputError, type Issue } from "../errors.ts";
import type { ContentVariables } from "../rendering.ts";
import type { Services } from "../services.ts";
import { renderingOf } from "../templates/main_thread.ts";
import { issuesOf } from "../validation.ts";
import { DATA_NOTICE, type PromptName, variablesOf } from "./code_prompts.ts";
import { contentOf } from "./render.ts";

const MAX_LENGTH = 50_000;
// Limits the response; further issues appear once these are corrected.
const MAX_ISSUES = 20;

const textSchema = z.string().refine((text) => /\S/.test(text), {
  error: "is empty",
  params: { code: "REQUIRED" },
})
  .max(MAX_LENGTH, `is longer than ${MAX_LENGTH.toLocaleString("en")} characters`)
  .regex(/^[^\0]*$/, "must not contain NUL characters");

/**
 * Checks the text of a prompt against the variables that this program sets.
 *
 * @param path of the text in the caller's input
 * @throws {InvalidInputError} for a text that is empty, too long, or does not parse; names an unknown variable
 *   (UNKNOWN_VARIABLE); or does not always print a required one (MISSING_VARIABLE)
 */
export async function checkPromptText(
  services: Pick<Services, "rendering">,
  { organizationId }: Pick<Caller, "organizationId">,
  name: PromptName,
  text: string,
  path: readonly string[],
): Promise<void> {
  const issues = issuesOf(textSchema.safeParse(text), path);
  if (issues.length > 0) throw new InvalidInputError(issues);
  let variables: ContentVariables;
  try {
    variables = await renderingOf(services).check({ organizationId }, contentOf(text));
  } catch (error) {
    if (!(error instanceof InvalidInputError)) throw error;
    throw new InvalidInputError(error.issues.map((issue) => ({ ...issue, path })));
  }
  const faults = faultsOf(variables, variablesOf(name), path);
  if (faults.length > 0) throw new InvalidInputError(faults.slice(0, MAX_ISSUES));
}

function faultsOf(
  { names, required }: ContentVariables,
  known: readonly string[],
  path: readonly string[],
): Issue[] {
  const printed = new Map(required.map((variable) => [variable.name, variable]));
  const faults = names.filter((name) => !known.includes(name)).map((name): Issue => {
    const at = printed.get(name);
    const place = at ? `line ${at.line}, column ${at.column}: ` : "";
    const message = `${place}names the unknown variable ${name}; known are ${known.join(", ")}`;
    return { path, code: "UNKNOWN_VARIABLE", message };
  });
  if (printed.has(DATA_NOTICE)) return faults;
  const message =
    `must print {{ ${DATA_NOTICE} }} outside of conditions, because it tells the model ` +
    "not to follow instructions from customers";
  return [...faults, { path, code: "MISSING_VARIABLE", message }];
}
