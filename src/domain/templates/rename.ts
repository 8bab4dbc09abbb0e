import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import { changeTemplate } from "./change.ts";
import { TEMPLATE_COLUMNS } from "./find.ts";
import { checkTemplateName } from "./name.ts";
import type { Template } from "./template.ts";

const RENAME = statement<
  [organizationId: string, id: string, name: string, userId: string | null],
  Template
>(
  "templates.rename",
  `update templates set name = $3, updated_at = now(), updated_by = $4
   where organization_id = $1 and id = $2
   returning ${TEMPLATE_COLUMNS}`,
);

/**
 * Changes the name of a template. Its versions stay as they are.
 *
 * @param name 1 to 200 characters
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for a name that is empty, too long or not a single line
 * @throws {NotFoundError} also for a template of another organization
 * @throws {ConflictError} NAME_TAKEN if another template has the name
 */
export async function renameTemplate(
  { db }: Services,
  caller: Caller,
  id: string,
  name: string,
): Promise<Template> {
  requireAdmin(caller, "rename templates");
  const { organizationId, userId } = caller;
  const checked = checkTemplateName(name);
  return await changeTemplate(id, () => db.run(RENAME, organizationId, id, checked, userId));
}
