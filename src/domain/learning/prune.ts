import { LONG, statement } from "../../db/database.ts";
import type { Services } from "../services.ts";

const PRUNE_FAILURES = statement<[organizationId: string | null, limit: number], { id: string }>(
  "learningFailures.prune",
  `delete from learning_failures where ctid = any(array(
     select f.ctid from learning_runs r join learning_failures f on f.run_id = r.id
     where r.created_at < now() - interval '90 days' and r.status not in ('QUEUED', 'RUNNING')
       and ($1::uuid is null or r.organization_id = $1)
     limit $2))
   returning email_id as id`,
  LONG,
);

const PRUNE_RUNS = statement<[organizationId: string | null, limit: number], { id: string }>(
  "learningRuns.prune",
  `delete from learning_runs where id = any(array(
     select id from learning_runs
     where created_at < now() - interval '90 days' and status not in ('QUEUED', 'RUNNING')
       and ($1::uuid is null or organization_id = $1)
     limit $2))
   returning id`,
  LONG,
);

const CHUNK = 1_000;

/**
 * Deletes runs that were started over 90 days ago and have ended, with their failures, in chunks.
 *
 * @param organizationId null: all organizations
 */
export async function pruneLearning(
  { db }: Services,
  organizationId: string | null,
): Promise<void> {
  for (const prune of [PRUNE_FAILURES, PRUNE_RUNS]) {
    while ((await db.run(prune, organizationId, CHUNK)).length === CHUNK);
  }
}
