import { type Connection, statement } from "../../db/database.ts";
import { type Caller, requireAdmin } from "../access/access.ts";
import { invalid } from "../errors.ts";
import { newId } from "../id.ts";
import type { Services } from "../services.ts";
import { storeCodePrompt } from "./active.ts";
import { checkPromptText } from "./check.ts";
import { isPromptName, PROMPT_NAMES, type PromptName } from "./code_prompts.ts";
import { getPrompt } from "./find.ts";
import type { PromptVersion } from "./prompt.ts";

/** Input of `savePrompt`. */
export interface SavePromptInput {
  /** Name of a prompt of this program. */
  readonly name: string;
  /** Liquid template, 1 to 50,000 characters. */
  readonly text: string;
}

const FIND_LATEST = statement<
  [organizationId: string, name: string],
  { id: string; text: string }
>(
  "prompts.findLatest",
  `select id, text from prompt_versions where organization_id = $1 and name = $2
   order by version desc limit 1`,
);

const APPEND = statement<
  [organizationId: string, name: string, id: string, text: string, userId: string | null]
>(
  "prompts.append",
  `with numbered as (
     update prompts set version = version + 1 where organization_id = $1 and name = $2
     returning version
   )
   insert into prompt_versions (id, organization_id, name, version, text, created_by)
   select $3, $1, $2, version, $4, $5 from numbered`,
);

/**
 * Saves a text as a new version of a prompt, which is used only after `promotePrompt`. A text equal to the latest
 * version is not saved again.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for an unknown name, and as `checkPromptText`; nothing is written then
 */
export async function savePrompt(
  services: Services,
  caller: Caller,
  { name, text }: SavePromptInput,
): Promise<PromptVersion> {
  requireAdmin(caller, "save prompts");
  if (!isPromptName(name)) {
    throw invalid(["name"], "UNKNOWN", `is not a prompt; known are ${PROMPT_NAMES.join(", ")}`);
  }
  await checkPromptText(services, caller, name, text, ["text"]);
  const id = await append(services.db, caller, name, text.toWellFormed());
  return await getPrompt(services, caller, id);
}

async function append(
  db: Connection,
  { organizationId, userId }: Caller,
  name: PromptName,
  text: string,
): Promise<string> {
  await storeCodePrompt(db, organizationId, name);
  const [latest] = await db.run(FIND_LATEST, organizationId, name);
  if (latest?.text === text) return latest.id;
  const id = newId();
  await db.run(APPEND, organizationId, name, id, text, userId);
  return id;
}
