import { createHash } from "node:crypto";
import type { Connection } from "../../db/database.ts";
import { invalid, NotFoundError } from "../errors.ts";
import { fromTypeIds, toTypeId } from "../id.ts";
import { checkStartTime } from "../jobs/start.ts";
import type { LearningSelection } from "./learning_run.ts";
import { knownEmails } from "./selection.ts";

/** Input of `startEmailLearning` and `learningEstimate`. */
export interface StartLearningInput {
  /** TypeIDs, at most 1,000; null or absent: all mails. */
  readonly emailIds?: readonly string[] | null;
  /** Mails that were sent at or after this time; null or absent: at any time. */
  readonly since?: Date | null;
  /** Whether mails that were learned with the same prompt are learned again. */
  readonly relearn: boolean;
  /** Earliest start; null or absent: now. */
  readonly runAt?: Date | null;
  /** -100 to 100; higher runs first. */
  readonly priority: number;
}

/**
 * Checks the input of a run.
 *
 * @throws {InvalidInputError} for an empty or too long list, ids of another noun, an invalid time, and a priority out
 *   of range
 * @throws {NotFoundError} naming every mail that does not exist
 */
export async function readSelectionInput(
  db: Connection,
  organizationId: string,
  { emailIds, since, runAt, priority }: StartLearningInput,
): Promise<LearningSelection> {
  checkStartTime({ runAt, priority });
  if (since && Number.isNaN(since.getTime())) {
    throw invalid(["since"], "MALFORMED", "is not a valid time");
  }
  return {
    emailIds: emailIds ? await existingIds(db, organizationId, emailIds) : null,
    since: since?.toISOString() ?? null,
    retryOf: null,
  };
}

async function existingIds(
  db: Connection,
  organizationId: string,
  typeIds: readonly string[],
): Promise<string[]> {
  if (typeIds.length === 0) {
    throw invalid(["emailIds"], "REQUIRED", "is empty");
  }
  const ids = [...new Set(fromTypeIds("email", typeIds, ["emailIds"]))].sort();
  const known = await knownEmails(db, organizationId, ids);
  const unknown = ids.filter((id) => !known.has(id));
  if (unknown.length > 0) throw new NotFoundError(unknown.map((id) => toTypeId("email", id)));
  return ids;
}

/** Key by which an unfinished run of a user with the same selection is found. */
export function selectionKey(
  userId: string | null,
  selection: LearningSelection,
  relearn: boolean,
): string {
  const text = JSON.stringify([userId, selection, relearn]);
  return `learn emails ${createHash("sha256").update(text).digest("hex")}`;
}
