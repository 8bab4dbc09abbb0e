import type { SelectQueryBuilder } from "kysely";
import type { Connection } from "../db/database.ts";
import { type Page, type PageArgs, PageError, selectPage, type Sort } from "../db/page.ts";
import { invalid } from "./errors.ts";

export { byId, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../db/page.ts";
export type { Page, PageArgs, Sort } from "../db/page.ts";

/**
 * Reads one page of a list, by keyset.
 *
 * @param query what is listed, filtered, without order and limit
 * @param sort the order; its first keys should lead an index
 * @param args Relay's: 50 rows unless told, at most 200
 * @throws {InvalidInputError} for arguments out of range and cursors of another list
 */
export async function listPage<Tables, Table extends keyof Tables, Row>(
  db: Connection,
  query: SelectQueryBuilder<Tables, Table, Row>,
  sort: Sort,
  args: PageArgs,
): Promise<Page<Row>> {
  try {
    return await selectPage(db, query, sort, args);
  } catch (error) {
    if (error instanceof PageError) throw invalid(error.path, error.code, error.message);
    throw error;
  }
}

/** The page of a list that has nothing in it. */
export function emptyPage<Row>(): Page<Row> {
  return {
    edges: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    totalCount: () => Promise.resolve(0),
  };
}
