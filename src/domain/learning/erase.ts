import { type Connection, LONG, statement } from "../../db/database.ts";
import { eraserByIds, eraserOfRows } from "../eraser.ts";
import type { ErasedUser } from "../person.ts";

/** Erases the cache of learned mails. */
export const learnedEmailsEraser = eraserOfRows("learnedEmails.erase", "learned_emails");

/** Erases the failures of runs. */
export const learningFailuresEraser = eraserOfRows("learningFailures.erase", "learning_failures");

/** Erases runs; their failures must be erased before. */
export const learningRunsEraser = eraserByIds("learningRuns.erase", "learning_runs");

type Chunk = [organizationId: string, userId: string, limit: number];

const ERASE_FAILURES = statement<Chunk, { id: string }>(
  "learningFailures.eraseUser",
  `delete from learning_failures where ctid = any(array(
     select f.ctid from learning_runs r join learning_failures f on f.run_id = r.id
     where r.organization_id = $1 and r.started_by = $2 limit $3))
   returning email_id as id`,
  LONG,
);

const ERASE_RUNS = statement<Chunk, { id: string }>(
  "learningRuns.eraseUser",
  `delete from learning_runs where id = any(array(
     select id from learning_runs where organization_id = $1 and started_by = $2 limit $3))
   returning id`,
  LONG,
);

/** Deletes the runs of a user, with their failures. A run in progress ends. */
export async function eraseRunsOfUser(
  db: Connection,
  { organizationId, userId }: ErasedUser,
  limit: number,
): Promise<number> {
  const failures = await db.run(ERASE_FAILURES, organizationId, userId, limit);
  if (failures.length > 0) return failures.length;
  return (await db.run(ERASE_RUNS, organizationId, userId, limit)).length;
}
