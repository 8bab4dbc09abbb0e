import { statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { activePrompt } from "./active.ts";
import { checkPromptText } from "./check.ts";
import { codeDigest, isPromptName } from "./code_prompts.ts";
import { getPrompt } from "./find.ts";
import type { PromptVersion } from "./prompt.ts";

const PROMOTE = statement<
  [organizationId: string, id: string, digest: string, userId: string | null]
>(
  "prompts.promote",
  `update prompts p
   set active_id = case when v.code_digest is not distinct from $3 then null else v.id end,
     promoted_at = now(), promoted_by = $4
   from prompt_versions v
   where v.organization_id = $1 and v.id = $2
     and p.organization_id = v.organization_id and p.name = v.name`,
);

/** The activated version, and the one that it replaced; null: it was active before. */
export interface Promotion {
  readonly prompt: PromptVersion;
  readonly replaced: PromptVersion | null;
}

/**
 * Activates a version of a prompt; an older version rolls back. While the text of this program is active, an upgrade of
 * the program activates its new text.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {NotFoundError} also for a version of another organization, or of a prompt of another version of the program
 * @throws {InvalidInputError} path `id`, if its text does not fit the variables that this program sets
 */
export async function promotePrompt(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Promotion> {
  requireAdmin(caller, "promote prompts");
  const { organizationId, userId } = caller;
  const { name, text } = await getPrompt(services, caller, id);
  if (!isPromptName(name)) throw new NotFoundError([toTypeId("prompt", id)]);
  await checkPromptText(services, caller, name, text, ["id"]);
  const before = await activePrompt(services, organizationId, name);
  await services.db.run(PROMOTE, organizationId, id, codeDigest(name), userId);
  const prompt = await getPrompt(services, caller, id);
  const replaced = before.id === id ? null : await getPrompt(services, caller, before.id);
  return { prompt, replaced };
}
