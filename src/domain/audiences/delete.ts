import { type Connection, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { type ConflictCode, ConflictError, NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import type { Audience } from "./audience.ts";
import { AUDIENCE_COLUMNS, getAudience } from "./find.ts";
import { enqueueRemoval, publishRemoval } from "./remove_recipients.ts";

const LISTED_MESSAGES = 5;

const LOCK = statement<[organizationId: string, id: string], Audience>(
  "audiences.lock",
  `select ${AUDIENCE_COLUMNS} from audiences where organization_id = $1 and id = $2 for update`,
);

const FIND_USERS = statement<[organizationId: string, id: string], { id: string }>(
  "audiences.findUsers",
  `select id from messages
   where organization_id = $1 and audience_id = $2 and finished_at is null
     and planned_count < recipient_count
   order by id`,
);

const DELETE = statement<[organizationId: string, id: string]>(
  "audiences.delete",
  "delete from audiences where organization_id = $1 and id = $2",
);

const LOCK_FOR_USE = statement<[organizationId: string, id: string], { id: string }>(
  "audiences.lockForUse",
  "select id from audiences where organization_id = $1 and id = $2 for key share",
);

/**
 * Deletes an audience. A job removes its recipients afterwards in steps. Messages that were planned from it
 * keep their deliveries.
 *
 * @throws {NotFoundError} also for an audience that the caller may not see
 * @throws {ConflictError} ALREADY_RUNNING while its file is imported, IN_USE while a message still takes
 *   recipients from it
 */
export async function deleteAudience(
  services: Services,
  caller: Caller,
  id: string,
): Promise<void> {
  const { organizationId } = await getAudience(services, caller, id);
  const jobIds = await services.db.transaction(async (tx) => {
    const audience = await lockAudience(tx, organizationId, id);
    if (audience.importStatus === "RUNNING") {
      const reason = "its import is in progress; wait until it has ended, which takes at most 10 " +
        "minutes after its client has disconnected";
      throw cannotDelete("ALREADY_RUNNING", id, reason);
    }
    // Read after the lock, so that it includes messages whose transactions the lock waited for.
    await checkUnused(tx, audience);
    return await deleteLocked(tx, caller, audience);
  });
  publishRemoval(services, organizationId, id, jobIds);
}

/**
 * Locks an audience against every other change.
 *
 * @throws {NotFoundError} if it was deleted
 */
export async function lockAudience(
  tx: Connection,
  organizationId: string,
  id: string,
): Promise<Audience> {
  const [audience] = await tx.run(LOCK, organizationId, id);
  if (!audience) throw new NotFoundError([toTypeId("audience", id)]);
  return audience;
}

/**
 * Deletes a locked audience, and enqueues the job that removes its recipients.
 *
 * @returns the ids of the job
 */
export async function deleteLocked(
  tx: Connection,
  { userId }: { readonly userId: string | null },
  { id, organizationId, recipientCount }: Audience,
): Promise<string[]> {
  await tx.run(DELETE, organizationId, id);
  const range = { audienceId: id, after: 0, last: recipientCount };
  return await enqueueRemoval(tx, { organizationId, userId }, range);
}

/**
 * Keeps an audience from being deleted until the end of the transaction, which creates a message to it.
 *
 * @throws {NotFoundError} if it was deleted
 */
export async function lockForUse(
  tx: Connection,
  { organizationId, id }: Pick<Audience, "organizationId" | "id">,
): Promise<void> {
  const [found] = await tx.run(LOCK_FOR_USE, organizationId, id);
  if (!found) throw new NotFoundError([toTypeId("audience", id)]);
}

async function checkUnused(tx: Connection, { organizationId, id }: Audience): Promise<void> {
  const users = await tx.run(FIND_USERS, organizationId, id);
  if (users.length === 0) return;
  const named = users.slice(0, LISTED_MESSAGES).map((message) => toTypeId("message", message.id));
  const others = users.length > named.length ? ` and ${users.length - named.length} more` : "";
  const reason =
    `unfinished messages still take recipients from it (${named.join(", ")}${others}); ` +
    "cancel them, or wait until they are planned";
  throw cannotDelete("IN_USE", id, reason);
}

function cannotDelete(code: ConflictCode, id: string, reason: string): ConflictError {
  const message = `Cannot delete audience ${toTypeId("audience", id)}: ${reason}`;
  return new ConflictError(code, message);
}
