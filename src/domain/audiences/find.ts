import { columnList } from "../../db/columns.ts";
import { statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import type { Services } from "../services.ts";
import { type Audience, mayAccess } from "./audience.ts";

/** Columns of an audience under the names of `Audience`, for the query builder. */
export const AUDIENCE_FIELDS = [
  "id",
  "organization_id as organizationId",
  "user_id as userId",
  "name",
  "channel",
  "recipient_count as recipientCount",
  "variable_names as variableNames",
  "import_status as importStatus",
  "partial",
  "taken",
  "collapsed",
  "refused",
  "bytes_read as bytesRead",
  "bytes_total as bytesTotal",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;

/** The columns of an audience as SQL text. */
export const AUDIENCE_COLUMNS = columnList(AUDIENCE_FIELDS);

const FIND = statement<[organizationId: string, ids: string[]], Audience>(
  "audiences.find",
  `select ${AUDIENCE_COLUMNS} from audiences where organization_id = $1 and id = any($2)`,
);

/**
 * Finds one audience.
 *
 * @throws {NotFoundError} also for an audience that the caller may not see
 */
export async function getAudience(
  services: Services,
  caller: Caller,
  id: string,
): Promise<Audience> {
  const [audience] = await audiencesById(services, caller, [id]);
  if (!audience) throw new NotFoundError([toTypeId("audience", id)]);
  return audience;
}

/** Finds the audiences with these ids that the caller may see, in any order. */
export async function audiencesById(
  { db }: Services,
  caller: Caller,
  ids: readonly string[],
): Promise<Audience[]> {
  const audiences = await db.run(FIND, caller.organizationId, [...ids]);
  return audiences.filter((audience) => mayAccess(caller, audience));
}
