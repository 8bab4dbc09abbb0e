import { type Connection, statement } from "../../db/database.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import { CODE_PROMPTS, codeDigest, PROMPT_NAMES, type PromptName } from "./code_prompts.ts";
import { IS_ACTIVE, PROMPT_COLUMNS, PROMPT_TABLES } from "./find.ts";
import type { KnownPrompt, PromptVersion } from "./prompt.ts";

const FIND_ACTIVE = statement<[organizationId: string, name: string], PromptVersion>(
  "prompts.findActive",
  `select ${PROMPT_COLUMNS} from ${PROMPT_TABLES}
   where v.organization_id = $1 and v.name = $2 and ${IS_ACTIVE}`,
);

// Two processes that store the same text at the same time insert one row, and may skip a version number.
const APPEND_CODE = statement<
  [organizationId: string, name: string, id: string, text: string, digest: string]
>(
  "prompts.appendCode",
  `with numbered as (
     insert into prompts (organization_id, name) values ($1, $2)
     on conflict (organization_id, name) do update set version = prompts.version + 1
       where not exists (
         select from prompt_versions
         where organization_id = $1 and name = $2 and code_digest = $5)
     returning version
   )
   insert into prompt_versions (id, organization_id, name, version, text, code_digest)
   select $3, $1, $2, version, $4, $5 from numbered
   on conflict do nothing`,
);

/**
 * Returns the active version of a prompt: the promoted one, or else the text of this program.
 *
 * @param organizationId organization whose version it is
 */
export async function activePrompt<Name extends PromptName>(
  { db }: Pick<Services, "db">,
  organizationId: string,
  name: Name,
): Promise<PromptVersion<Name>> {
  const [active] = await db.run(FIND_ACTIVE, organizationId, name);
  if (active) return { ...active, name };
  await storeCodePrompt(db, organizationId, name);
  const [stored] = await db.run(FIND_ACTIVE, organizationId, name);
  if (!stored) throw new Error(`Cannot read the prompt ${name}: no version is active`);
  return { ...stored, name };
}

/** Stores the text of this program as a version, unless it is one. */
export async function storeCodePrompt(
  db: Connection,
  organizationId: string,
  name: PromptName,
): Promise<void> {
  const { text } = CODE_PROMPTS[name];
  await db.run(APPEND_CODE, organizationId, name, newId(), text, codeDigest(name));
}

/** Returns the active versions of all prompts, after storing the texts of this program as versions. */
export async function activePrompts(
  services: Pick<Services, "db">,
  organizationId: string,
): Promise<KnownPrompt[]> {
  const prompts: KnownPrompt[] = [];
  for (const name of PROMPT_NAMES) {
    await storeCodePrompt(services.db, organizationId, name);
    prompts.push(await activePrompt(services, organizationId, name));
  }
  return prompts;
}
