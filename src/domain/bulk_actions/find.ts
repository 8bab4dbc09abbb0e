import { columnList, type TableOf } from "../../db/columns.ts";
import { type Connection, queryBuilder, statement } from "../../db/database.ts";
import type { Caller } from "../access/access.ts";
import { NotFoundError } from "../errors.ts";
import { toTypeId } from "../id.ts";
import { byId, listPage, type Page, type PageArgs } from "../page.ts";
import type { Services } from "../services.ts";
import {
  type BulkAction,
  type BulkActionKind,
  type BulkActionState,
  mayAccess,
} from "./bulk_action.ts";
import { decodeFilter, type StoredFilter } from "./stored_filter.ts";

/** A row of `bulk_actions`. */
export type BulkActionRow = Omit<BulkAction, "filter"> & { readonly selection: StoredFilter };

const LISTED_COLUMNS = [
  "id",
  "organization_id as organizationId",
  "user_id as userId",
  "role",
  "action",
  "target",
  "selection",
  "by_ids as byIds",
  "force",
  "stages",
  "per_second as perSecond",
  "stop_at_failed_fraction as stopAtFailedFraction",
  "state",
  "error",
  "stage",
  "stage_acted as stageActed",
  "stage_done as stageDone",
  "stage_failed as stageFailed",
  "selected_through as selectedThrough",
  "selecting",
  "total",
  "acted_through as actedThrough",
  "in_progress as inProgress",
  "done",
  "failed_again as failedAgain",
  "skipped",
  "job_id as jobId",
  "created_at as createdAt",
  "updated_at as updatedAt",
  "finished_at as finishedAt",
] as const;

/** The columns of a bulk action as SQL text. */
export const COLUMNS = columnList(LISTED_COLUMNS);

/** Converts a row to a bulk action. */
export function fromRow({ selection, ...row }: BulkActionRow): BulkAction {
  // The column `target` determines the type of the stored filter.
  return { ...row, filter: decodeFilter(selection) } as BulkAction;
}

const FIND = statement<[ids: string[]], BulkActionRow>(
  "bulkActions.find",
  `select ${COLUMNS} from bulk_actions where id = any($1)`,
);

/** Finds bulk actions of all organizations by id. The caller must check access. */
export async function findBulkActions(
  db: Connection,
  ids: readonly string[],
): Promise<BulkAction[]> {
  return (await db.run(FIND, [...ids])).map(fromRow);
}

/**
 * Finds a bulk action that the caller may see.
 *
 * @throws {NotFoundError} also for an action that the caller may not see
 */
export async function getBulkAction(
  { db }: Services,
  caller: Caller,
  id: string,
): Promise<BulkAction> {
  const [action] = await findBulkActions(db, [id]);
  if (!action || !mayAccess(caller, action)) throw new NotFoundError([toTypeId("bulkAction", id)]);
  return action;
}

/** Filter of a list of bulk actions: fields are combined with AND, values of a field with OR. */
export interface BulkActionFilter {
  readonly ids?: readonly string[] | null;
  readonly states?: readonly BulkActionState[] | null;
  readonly actions?: readonly BulkActionKind[] | null;
  readonly startedBy?: string | null;
}

/**
 * Reads a page of the bulk actions that the caller may see, newest first.
 *
 * @throws {InvalidInputError} for page arguments out of range, or a cursor of another list
 */
export async function listBulkActions(
  { db }: Services,
  caller: Caller,
  { ids, states, actions, startedBy }: BulkActionFilter,
  args: PageArgs,
): Promise<Page<BulkAction>> {
  let query = queryBuilder<{ bulk_actions: TableOf<BulkActionRow, typeof LISTED_COLUMNS> }>()
    .selectFrom("bulk_actions").select(LISTED_COLUMNS)
    .where("organization_id", "=", caller.organizationId);
  if (caller.role === "MEMBER") query = query.where("user_id", "=", caller.userId);
  if (ids) query = query.where("id", "in", [...ids]);
  if (states) query = query.where("state", "in", [...states]);
  if (actions) query = query.where("action", "in", [...actions]);
  if (startedBy != null) query = query.where("user_id", "=", startedBy);
  const page = await listPage(db, query, byId("desc"), args);
  const edges = page.edges.map(({ node, cursor }) => ({ node: fromRow(node), cursor }));
  return { ...page, edges };
}
