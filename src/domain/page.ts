import type { SelectQueryBuilder } from "kysely";
import type { Connection } from "../db/database.ts";
import { type Page, type PageArgs, PageError, selectPage, type Sort } from "../db/page.ts";
import { invalid } from "./errors.ts";

export { byId, DEFAULT_PAGE_SIZE, MAX_PAGE_SIZE } from "../db/page.ts";
export type { Page, PageArgs, Sort } from "../db/page.ts";

/**
 * Reads one page of a list by keyset pagination.
 *
 * @param query rows of the list, filtered, without order and limit
 * @param sort order of the list; its first keys should be the first columns of an index
 * @param args page arguments of Relay; 50 rows by default, at most 200
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

/** Returns the page of an empty list. */
export function emptyPage<Row>(): Page<Row> {
  return {
    edges: [],
    pageInfo: { hasNextPage: false, hasPreviousPage: false, startCursor: null, endCursor: null },
    totalCount: () => Promise.resolve(0),
  };
}
