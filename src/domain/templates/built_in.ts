import type { Caller } from "../access/access.ts";
import { ConflictError } from "../errors.ts";
import type { Content } from "../rendering.ts";
import type { Services } from "../services.ts";
import { findLatestVersion } from "./find.ts";
import { saveTemplate } from "./save.ts";
import type { TemplateVersion } from "./template.ts";

/**
 * Returns the latest version of a template that this program needs. An organization without a template of this name gets
 * the one of this program, which its ADMINs can change.
 *
 * @param content content of the template of this program
 */
export async function builtInTemplate(
  services: Services,
  organizationId: string,
  name: string,
  content: Content,
): Promise<TemplateVersion> {
  const existing = await findLatestVersion(services, organizationId, name);
  if (existing) return existing;
  const system: Caller = { organizationId, userId: null, role: "ADMIN", keyId: null };
  try {
    await saveTemplate(services, system, { name, content, replaces: 0 });
  } catch (error) {
    // Another process has saved it meanwhile.
    if (!(error instanceof ConflictError)) throw error;
  }
  const saved = await findLatestVersion(services, organizationId, name);
  if (!saved) throw new Error(`Cannot find the template ${name} after it was saved`);
  return saved;
}
