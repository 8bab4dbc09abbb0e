import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

// A trial has at most 100 results, so that a chunk deletes at most 10,000 rows.
const CHUNK = 100;

const PRUNE = statement<[organizationId: string | null, limit: number], { id: string }>(
  "promptTrials.prune",
  `with old as materialized (
     select id from prompt_trials where created_at < now() - interval '90 days'
       and ($1::uuid is null or organization_id = $1)
     limit $2
   ),
   results as (
     delete from prompt_trial_results where trial_id = any(array(select id from old))
   )
   delete from prompt_trials where id = any(array(select id from old))
   returning id`,
  LONG,
);

/**
 * Deletes trials that were started over 90 days ago, with their results, in chunks.
 *
 * @param organizationId null: all organizations
 */
export async function pruneTrials(
  { db }: Services,
  organizationId: string | null,
): Promise<void> {
  while ((await db.run(PRUNE, organizationId, CHUNK)).length === CHUNK);
}
