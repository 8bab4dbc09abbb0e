import { statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const WRITE = statement<[id: string, fence: number, result: string]>(
  "jobs.result",
  "update jobs set result = $3::jsonb, updated_at = now() where id = $1 and fence = $2",
);

/**
 * Stores the result of a claimed job. Does nothing if the claim has ended.
 *
 * @param result in the form that its kind defines
 */
export async function writeResult(
  { db }: Services,
  { id, fence }: { readonly id: string; readonly fence: number },
  result: Readonly<Record<string, unknown>>,
): Promise<void> {
  await db.run(WRITE, id, fence, JSON.stringify(result));
}
