import type { Caller } from "../access/access.ts";
import { invalid } from "../errors.ts";
import type { Content } from "../rendering.ts";
import type { Services } from "../services.ts";
import { getTemplate, getVersion } from "./find.ts";
import type { TemplateReference } from "./template.ts";

/** Content of a message: exactly one of these fields. */
export interface ContentChoice {
  readonly content?: Content | null;
  /** Template whose latest version is used. */
  readonly templateId?: string | null;
}

/** Content that was chosen, and the version that it is a copy of; null: it is not of a template. */
export interface ChosenContent {
  readonly content: Content;
  readonly template: TemplateReference | null;
}

/**
 * Finds the content that a caller has chosen.
 *
 * @throws {InvalidInputError} for none or both, and for an archived template
 * @throws {NotFoundError} for an unknown template
 */
export async function chooseContent(
  services: Pick<Services, "db">,
  caller: Pick<Caller, "organizationId">,
  { content, templateId }: ContentChoice,
): Promise<ChosenContent> {
  if (content && templateId != null) {
    throw invalid(["templateId"], "EXCLUSIVE", "must not be given together with content");
  }
  if (content) return { content, template: null };
  if (templateId == null) {
    throw invalid(["content"], "REQUIRED", "is required, unless templateId is given");
  }
  const { name, version, archivedAt } = await getTemplate(services, caller, templateId);
  if (archivedAt) throw invalid(["templateId"], "ARCHIVED", `is the archived template ${name}`);
  const template = { templateId, version };
  const { subject, text, html } = await getVersion(services, caller, template);
  return { content: { subject, text, html }, template };
}
