import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraseBy, type Eraser } from "../eraser.ts";
import type { ErasedUser } from "../person.ts";

/** Erases the versions of prompts. */
export const promptVersionsEraser: Eraser = {
  tables: ["prompt_versions"],
  erase: eraseBy(statement(
    "prompts.eraseVersions",
    `with gone as (
       delete from prompt_versions where ctid = any(array(
         select ctid from prompt_versions where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

/** Erases prompts; their versions must be erased before. */
export const promptsEraser: Eraser = {
  tables: ["prompts"],
  erase: eraseBy(statement(
    "prompts.erase",
    `with gone as (
       delete from prompts where ctid = any(array(
         select ctid from prompts where organization_id = $1 limit $3))
       returning 1
     )
     select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
    LONG,
  )),
};

const ERASE_USER = statement<[organizationId: string, userId: string], { erased: number }>(
  "prompts.eraseUser",
  `with promoted as (
     update prompts set promoted_by = null where organization_id = $1 and promoted_by = $2
     returning name
   ),
   created as (
     update prompt_versions set created_by = null where organization_id = $1 and created_by = $2
     returning id
   )
   select ((select count(*) from promoted) + (select count(*) from created))::int as erased`,
  LONG,
);

/** Removes a user from the prompts that it has saved or promoted. */
export async function eraseUserFromPrompts(
  db: Connection,
  { organizationId, userId }: ErasedUser,
): Promise<number> {
  const [row] = await db.run(ERASE_USER, organizationId, userId);
  return row?.erased ?? 0;
}
