import { InvalidInputError } from "../errors.ts";
import { issuesOf, singleLine } from "../validation.ts";

const nameSchema = singleLine(200);

/**
 * Checks the name of an audience.
 *
 * @throws {InvalidInputError} for a name that is empty, too long or not a single line
 */
export function checkAudienceName(name: string): void {
  const issues = issuesOf(nameSchema.safeParse(name), ["name"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
}
