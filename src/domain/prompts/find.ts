import { sql } from "kysely";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { codeDigest, PROMPT_NAMES } from "./code_prompts.ts";
import type { PromptVersion } from "./prompt.ts";

const DIGESTS = PROMPT_NAMES.map(codeDigest).join(",");

/** SQL: whether version `v` of prompt `p` is the active one. Digests are hexadecimal, so they need no quoting. */
export const IS_ACTIVE = `coalesce(v.id = p.active_id, v.code_digest = any('{${DIGESTS}}'), false)`;

/** SQL: the columns of a version `v` of prompt `p`. */
export const PROMPT_COLUMNS = `v.id, v.organization_id as "organizationId", v.name, v.version,
   case when v.code_digest is null then 'OVERRIDE' else 'CODE' end as source, v.text,
   ${IS_ACTIVE} as active, v.created_at as "createdAt", v.created_by as "createdBy"`;

/** SQL: versions with their prompts. */
export const PROMPT_TABLES = "prompt_versions v join prompts p using (organization_id, name)";

const FIND = statement<[organizationId: string, ids: string[]], PromptVersion>(
  "prompts.find",
  `select ${PROMPT_COLUMNS} from ${PROMPT_TABLES} where v.organization_id = $1 and v.id = any($2)`,
);

/** Finds versions of prompts of the caller's organization by id, in any order. */
export function promptsById(
  { db }: { readonly db: Connection },
  { organizationId }: Pick<Caller, "organizationId">,
  ids: readonly string[],
): Promise<PromptVersion[]> {
  return db.run(FIND, organizationId, [...ids]);
}

/**
 * Finds one version of a prompt.
 *
 * @throws {NotFoundError} also for a version of another organization
 */
export async function getPrompt(
  services: { readonly db: Connection },
  caller: Pick<Caller, "organizationId">,
  id: string,
): Promise<PromptVersion> {
  const [prompt] = await promptsById(services, caller, [id]);
  if (!prompt) throw new NotFoundError([toTypeId("prompt", id)]);
  return prompt;
}

const BY_VERSION: Sort = {
  name: "version desc",
  keys: [{ expression: sql.ref("version"), type: "integer" }],
  direction: "desc",
};

/**
 * Reads a page of the versions of a prompt, latest first.
 *
 * @throws {InvalidInputError} for page arguments out of range and cursors of another list
 */
export function listVersions(
  { db }: Services,
  { organizationId, name }: Pick<PromptVersion, "organizationId" | "name">,
  page: PageArgs,
): Promise<Page<PromptVersion>> {
  const versions = sql<PromptVersion>`(select ${sql.raw(PROMPT_COLUMNS)}
    from ${sql.raw(PROMPT_TABLES)}
    where v.organization_id = ${organizationId} and v.name = ${name})`;
  const query = queryBuilder<{ versions: PromptVersion }>()
    .selectFrom(versions.as("versions")).selectAll();
  return listPage(db, query, BY_VERSION, page);
}
