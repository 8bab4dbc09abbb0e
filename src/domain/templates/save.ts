import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import { getTemplate, TEMPLATE_COLUMNS } from "./find.ts";
import { checkTemplateName } from "./name.ts";
import { type MadeTemplate, makeTemplate, type SourceInput } from "./source.ts";
import type { Template } from "./template.ts";

/** Input of `saveTemplate`. */
export interface SaveTemplateInput extends SourceInput {
  /** 1 to 200 characters. */
  readonly name: string;
  /** Version that the change is based on; 0: none. Absent: not checked. */
  readonly replaces?: number | null;
}

// The update locks the row, so that the versions of a template are saved one after the other.
const LOCK_BY_NAME = statement<
  [id: string, organizationId: string, name: string],
  Pick<Template, "id" | "version">
>(
  "templates.lockByName",
  `insert into templates (id, organization_id, name) values ($1, $2, $3)
   on conflict (organization_id, name) where archived_at is null
     do update set name = excluded.name
   returning id, version`,
);

const APPEND_VERSION = statement<
  [
    organizationId: string,
    id: string,
    latest: number,
    subject: string,
    text: string | null,
    html: string | null,
    mjml: string | null,
    textMade: boolean,
    userId: string | null,
  ],
  Template
>(
  "templates.appendVersion",
  `with appended as (
     insert into template_versions (organization_id, template_id, version, subject, text_body, html_body,
       mjml, text_made, created_by)
     select $1::uuid, $2::uuid, $3::int + 1, $4, $5, $6, $7, $8, $9
     where not exists (
       select from template_versions where template_id = $2 and version = $3
         and (subject, text_body, html_body, mjml, text_made) is not distinct from
           ($4::text, $5::text, $6::text, $7::text, $8::boolean))
     returning version as latest
   )
   update templates set version = latest, updated_at = now(), updated_by = $9
   from appended where organization_id = $1 and id = $2
   returning ${TEMPLATE_COLUMNS}`,
);

/**
 * Saves a content as the latest version of the template with this name, or as a new template. A content equal to the
 * latest version is not saved again.
 *
 * @returns the template; `created` is false for a new version of an existing one
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} with the faults of name and content; nothing is written then
 * @throws {ConflictError} NAME_TAKEN if `replaces` is 0 and the name is in use, CHANGED if it is not the latest version
 */
export async function saveTemplate(
  services: Services,
  caller: Caller,
  { name, replaces, ...source }: SaveTemplateInput,
): Promise<{ template: Template; created: boolean }> {
  requireAdmin(caller, "save templates");
  const checkedName = checkTemplateName(name);
  const made = await makeTemplate(services, caller, source);
  const { organizationId } = caller;
  const { id, version, saved } = await services.db.transaction(async (tx) => {
    const [locked] = await tx.run(LOCK_BY_NAME, newId(), organizationId, checkedName);
    if (!locked) throw new Error("Cannot save the template: the insert returned no row");
    checkReplaced(checkedName, locked.version, replaces);
    const [saved] = await tx.run(APPEND_VERSION, ...valuesOf(caller, locked, made));
    return { ...locked, saved };
  });
  const template = saved ?? await getTemplate(services, caller, id);
  return { template, created: version === 0 };
}

function checkReplaced(name: string, latest: number, replaces: number | null | undefined): void {
  if (replaces == null || replaces === latest) return;
  if (replaces === 0) {
    const reason = `Cannot create the template: a template with the name ${name} exists`;
    throw new ConflictError("NAME_TAKEN", reason);
  }
  throw new ConflictError(
    "CHANGED",
    latest === 0
      ? `Cannot save version ${
        replaces + 1
      } of the template ${name}: there is no template with this name`
      : `Cannot save the template ${name}: its latest version is ${latest}, not ${replaces}`,
  );
}

function valuesOf(
  { organizationId, userId }: Caller,
  { id, version }: Pick<Template, "id" | "version">,
  { content: { subject, text = null, html = null }, mjml, textMade }: MadeTemplate,
) {
  return [
    organizationId,
    id,
    version,
    subject.toWellFormed(),
    text?.toWellFormed() ?? null,
    html?.toWellFormed() ?? null,
    mjml?.toWellFormed() ?? null,
    textMade,
    userId,
  ] as const;
}
