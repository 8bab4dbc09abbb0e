import { sql } from "kysely";
import { columnList, type TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import { type Caller, requireAdmin, SYSTEM_ORGANIZATION_ID } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { listPage, type Page, type PageArgs, type Sort } from "../page.ts";
import type { Services } from "../services.ts";
import { maySee, type Schedule } from "./schedule.ts";

const LISTED_COLUMNS = [
  "id",
  "organization_id as organizationId",
  "name",
  "description",
  "kind",
  "payload",
  "cron",
  "interval_ms as intervalMs",
  "timezone",
  "enabled",
  "next_at as nextAt",
  "created_by as createdBy",
  "created_at as createdAt",
  "updated_at as updatedAt",
] as const;

/** The columns of a schedule as SQL text, under the names of `Schedule`. */
export const COLUMNS = columnList(LISTED_COLUMNS);

const FIND = statement<[ids: string[]], Schedule>(
  "schedules.find",
  `select ${COLUMNS} from schedules where id = any($1)`,
);

const FIND_BUILT_IN = statement<[systemId: string, name: string], Schedule>(
  "schedules.findBuiltIn",
  `select ${COLUMNS} from schedules where organization_id = $1 and name = $2`,
);

/** Finds schedules of all organizations by id. The caller must check access. */
export function findSchedules(db: Connection, ids: readonly string[]): Promise<Schedule[]> {
  return db.run(FIND, [...ids]);
}

/** Finds a built-in schedule by its name. */
export async function findBuiltIn(db: Connection, name: string): Promise<Schedule | undefined> {
  const [schedule] = await db.run(FIND_BUILT_IN, SYSTEM_ORGANIZATION_ID, name);
  return schedule;
}

/**
 * Finds a schedule that the caller may see.
 *
 * @throws {NotFoundError}
 */
export async function getSchedule(
  { db }: Services,
  caller: Caller,
  id: string,
): Promise<Schedule> {
  const [schedule] = await findSchedules(db, [id]);
  if (!schedule || !maySee(caller, schedule)) throw new NotFoundError([toTypeId("schedule", id)]);
  return schedule;
}

const BY_NAME: Sort = {
  name: "name asc",
  keys: [
    { expression: sql.ref("name"), type: "text" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "asc",
};

/**
 * Reads a page of the schedules that the caller may see, by name: those of its organization and the built-in ones.
 *
 * @throws {ForbiddenError} for a MEMBER
 * @throws {InvalidInputError} for page arguments out of range, or a cursor of another list
 */
export function listSchedules(
  { db }: Services,
  caller: Caller,
  { ids }: { readonly ids?: readonly string[] | null },
  page: PageArgs,
): Promise<Page<Schedule>> {
  requireAdmin(caller, "see schedules");
  let query = queryBuilder<{ schedules: TableOf<Schedule, typeof LISTED_COLUMNS> }>()
    .selectFrom("schedules").select(LISTED_COLUMNS)
    .where("organization_id", "in", [caller.organizationId, SYSTEM_ORGANIZATION_ID]);
  if (ids) query = query.where("id", "in", [...ids]);
  return listPage(db, query, BY_NAME, page);
}
