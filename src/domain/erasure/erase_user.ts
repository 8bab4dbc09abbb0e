import { type Caller, requireAdmin, requireRole } from "../access/access.ts";
import { eraseKeysOfUser, rolesOfUser } from "../access/erase_user.ts";
import { eraseUserFromBudget } from "../ai_usage/erase_user.ts";
import { eraseUserFromAudiences } from "../audiences/erase_user.ts";
import { eraseUserFromBulkActions } from "../bulk_actions/erase_user.ts";
import { ConflictError, InvalidInputError } from "../errors.ts";
import { eraseUserFromInboundSecrets } from "../inbound_routes/erase.ts";
import { eraseUserFromSuggestions } from "../inbox/erase.ts";
import { eraseJobsOfUser, eraseUserFromStats, releaseJobsOfUser } from "../jobs/erase_user.ts";
import type { Job } from "../jobs/job.ts";
import { eraseRunsOfUser } from "../learning/erase.ts";
import { eraseUserFromKnowledge } from "../knowledge/erase.ts";
import { eraseUserFromMessages } from "../messages/erase_user.ts";
import { eraseNotificationsOfUser } from "../notifications/erase_user.ts";
import type { UserEraser } from "../person.ts";
import { eraseUserFromProblems } from "../problems/erase_user.ts";
import { eraseUserFromTrials } from "../prompt_trials/erase.ts";
import { eraseUserFromPrompts } from "../prompts/erase.ts";
import { eraseUserFromSchedules } from "../schedules/erase_user.ts";
import type { Services } from "../services.ts";
import { eraseUserFromTemplates } from "../templates/erase_user.ts";
import { issuesOf, singleLine } from "../validation.ts";
import { enqueueErasure } from "./enqueue.ts";

/** Erasers of all nouns that store users; keys first, so that the user can start nothing more. */
const USER_ERASERS: readonly UserEraser[] = [
  eraseKeysOfUser,
  releaseJobsOfUser,
  eraseJobsOfUser,
  eraseUserFromStats,
  eraseUserFromMessages,
  eraseUserFromAudiences,
  eraseUserFromBulkActions,
  eraseUserFromProblems,
  eraseUserFromSchedules,
  eraseUserFromTemplates,
  eraseUserFromTrials,
  eraseUserFromPrompts,
  eraseUserFromSuggestions,
  eraseUserFromKnowledge,
  eraseUserFromBudget,
  eraseUserFromInboundSecrets,
  eraseRunsOfUser,
  eraseNotificationsOfUser,
];

const userIdSchema = singleLine(200);

/**
 * Erases a user of the API by a job: its keys, notifications, finished jobs and learning runs are deleted; its
 * messages, audiences, bulk actions and unfinished jobs are kept without a user. A JWT that names the user is still
 * accepted.
 *
 * @returns the job
 * @throws {ForbiddenError} for a MEMBER, and for a user with an OPERATOR's key unless the caller is the OPERATOR
 * @throws {InvalidInputError} path `userId`, if it is empty, too long or not a single line
 * @throws {ConflictError} NOT_DELETABLE for the caller's own user
 */
export async function eraseUser(services: Services, caller: Caller, userId: string): Promise<Job> {
  requireAdmin(caller, "erase users");
  const issues = issuesOf(userIdSchema.safeParse(userId), ["userId"]);
  if (issues.length > 0) throw new InvalidInputError(issues);
  if (userId === caller.userId) {
    throw new ConflictError(
      "NOT_DELETABLE",
      `Cannot erase user ${userId}: it is the user of the caller`,
    );
  }
  const { organizationId } = caller;
  for (const role of await rolesOfUser(services.db, { organizationId, userId })) {
    requireRole(caller, role, `erase a user with a key of the role ${role}`);
  }
  return await enqueueErasure(services, caller, {
    kind: "ERASE_USER",
    payload: { userId },
    uniqueKey: `erase user ${userId}`,
  }, () => Promise.resolve());
}

/**
 * Erases all data about a user, in chunks.
 *
 * @param limit maximum number of rows per chunk
 * @param onChunk called after each chunk with its number of rows; it may throw
 */
export async function eraseUserRows(
  { db, bus }: Services,
  organizationId: string,
  userId: string,
  limit: number,
  onChunk: (erased: number) => void,
): Promise<void> {
  for (const erase of USER_ERASERS) {
    for (let rows = -1; rows !== 0;) {
      rows = await erase(db, { organizationId, userId }, limit);
      onChunk(rows);
    }
    if (erase === eraseKeysOfUser) bus.publish("access", organizationId, null);
  }
  for (
    const topic of [
      "jobs",
      "messages",
      "audiences",
      "bulkActions",
      "problems",
      "learningRuns",
    ] as const
  ) {
    bus.publish(topic, organizationId, null);
  }
}
