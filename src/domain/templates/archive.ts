import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import type { Services } from "../services.ts";
import { changeTemplate } from "./change.ts";
import { TEMPLATE_COLUMNS } from "./find.ts";
import type { Template } from "./template.ts";

const ARCHIVE = statement<
  [organizationId: string, id: string, archived: boolean, userId: string | null],
  Template
>(
  "templates.archive",
  `update templates set archived_at = case when $3 then coalesce(archived_at, now()) end,
     updated_at = now(), updated_by = $4
   where organization_id = $1 and id = $2
   returning ${TEMPLATE_COLUMNS}`,
);

/**
 * Archives a template: no new message can use it, and its name is free. Messages and campaigns that use it already
 * are not changed.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} also for a template of another organization
 */
export function archiveTemplate(services: Services, caller: Caller, id: string): Promise<Template> {
  return setArchived(services, caller, id, true);
}

/**
 * Restores an archived template.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} also for a template of another organization
 * @throws {ConflictError} NAME_TAKEN if another template has its name by now
 */
export function restoreTemplate(services: Services, caller: Caller, id: string): Promise<Template> {
  return setArchived(services, caller, id, false);
}

async function setArchived(
  { db }: Services,
  caller: Caller,
  id: string,
  archived: boolean,
): Promise<Template> {
  requireAdmin(caller, archived ? "archive templates" : "restore templates");
  const { organizationId, userId } = caller;
  return await changeTemplate(id, () => db.run(ARCHIVE, organizationId, id, archived, userId));
}
