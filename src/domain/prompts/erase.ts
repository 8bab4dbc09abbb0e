import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserOfRows } from "../eraser.ts";
import type { ErasedUser } from "../person.ts";

/** Erases the versions of prompts. */
export const promptVersionsEraser = eraserOfRows("prompts.eraseVersions", "prompt_versions");

/** Erases prompts; their versions must be erased before. */
export const promptsEraser = eraserOfRows("prompts.erase", "prompts");

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
