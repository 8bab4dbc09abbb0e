import { isUniqueViolation } from "../../db/sqlstate.ts";
import { ConflictError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Template } from "./template.ts";

/**
 * Runs the statement of a change.
 *
 * @param change returns the changed template, if it exists
 * @throws {NotFoundError} if it does not exist
 * @throws {ConflictError} NAME_TAKEN if another template has the name
 */
export async function changeTemplate(
  id: string,
  change: () => Promise<Template[]>,
): Promise<Template> {
  try {
    const [template] = await change();
    if (template) return template;
  } catch (error) {
    if (!isUniqueViolation(error)) throw error;
    const reason = `Cannot change template ${toTypeId("template", id)}: another one has the name`;
    throw new ConflictError("NAME_TAKEN", reason);
  }
  throw new NotFoundError([toTypeId("template", id)]);
}
