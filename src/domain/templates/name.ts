import { InvalidInputError } from "../errors.ts";
import { issuesOf, singleLine } from "../validation.ts";

const nameSchema = singleLine(200);

/**
 * Checks the name of a template.
 *
 * @returns the name without the space around it
 * @throws {InvalidInputError} for a name that is empty, too long or not a single line
 */
export function checkTemplateName(name: string): string {
  const result = nameSchema.safeParse(name);
  if (!result.success) throw new InvalidInputError(issuesOf(result, ["name"]));
  return result.data.toWellFormed();
}
