import { Buffer } from "node:buffer";
import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import { type Connection, queryBuilder } from "./database.ts";

/** SQL type of a sort key. Cursors are checked against it. */
export type KeyType = "uuid" | "timestamptz" | "integer" | "text";

/** Expression that a list is sorted by. It must never be null: use coalesce. */
export interface SortKey {
  readonly expression: RawBuilder<unknown>;
  readonly type: KeyType;
}

/** Order of a list. Its keys together are unique, and all have the same direction. */
export interface Sort {
  /** Part of each cursor, so that a cursor of another order is refused. */
  readonly name: string;
  readonly keys: readonly SortKey[];
  readonly direction: "asc" | "desc";
}

/** Arguments of a Relay connection. */
export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** Page of a list (Relay cursor connections). */
export interface Page<Row> {
  readonly edges: readonly { readonly node: Row; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counts the whole list; null if it has more than 10,000 rows. */
  totalCount(): Promise<number | null>;
}

/** Invalid page arguments. */
export class PageError extends Error {
  override readonly name = "PageError";

  /**
   * @param path name of the argument: `first`, `after` …
   * @param message predicate, whose subject is the argument: "must be from 1 to 200"
   */
  constructor(readonly path: readonly [keyof PageArgs], readonly code: string, message: string) {
    super(message);
  }
}

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;
const MAX_COUNT = 10_000;
const MAX_INTEGER = 2 ** 31 - 1;
// Column that a page adds to the rows of its query; a name that no query selects itself.
const POSITION = "page_position";

const PATTERNS: Record<KeyType, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  timestamptz: /^(-?infinity|(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00)$/,
  integer: /^-?\d{1,15}$/,
  text: /^[^\0]{0,1000}$/s,
};

/** Order by a UUIDv7 id, and so by age. */
export function byId(direction: Sort["direction"], column = "id"): Sort {
  return {
    name: `id ${direction}`,
    keys: [{ expression: sql.ref(column), type: "uuid" }],
    direction,
  };
}

/**
 * Reads one page of a list by keyset, so that the last page is as fast as the first.
 *
 * @param query filtered query, without order and limit
 * @param sort order of the list; an index should begin with its first keys
 * @param args page arguments; default 50 rows, maximum 200
 * @throws {PageError} for arguments out of range, and for a cursor that is malformed or of another order
 */
export async function selectPage<Tables, Table extends keyof Tables, Row>(
  db: Connection,
  query: SelectQueryBuilder<Tables, Table, Row>,
  sort: Sort,
  args: PageArgs,
): Promise<Page<Row>> {
  const { size, backwards } = checkedSize(args);
  const after = decode(sort, "after", args.after);
  const before = decode(sort, "before", args.before);
  const ascending = (sort.direction === "asc") !== backwards;
  const forwardAscending = sort.direction === "asc";

  let page = query.select(positionOf(sort).as(POSITION));
  if (after) page = page.where(pastPosition(sort, after, forwardAscending));
  if (before) page = page.where(pastPosition(sort, before, !forwardAscending));
  for (const { expression } of sort.keys) {
    page = page.orderBy(expression, ascending ? "asc" : "desc");
  }
  const rows = await db.select(page.limit(size + 1));

  const hasMore = rows.length > size;
  const edges = rows.slice(0, size).map((row) => {
    const { [POSITION]: position, ...node } = row as Row & { [POSITION]: string[] };
    return { node: node as Row, cursor: encode(sort, position) };
  });
  if (backwards) edges.reverse();
  const isWhole = !hasMore && after === null && before === null;
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? before !== null : hasMore,
      hasPreviousPage: backwards ? hasMore : after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    // A page that holds the whole list is not read a second time.
    totalCount: () => isWhole ? Promise.resolve(edges.length) : countRows(db, query),
  };
}

async function countRows<Tables, Table extends keyof Tables, Row>(
  db: Connection,
  query: SelectQueryBuilder<Tables, Table, Row>,
): Promise<number | null> {
  const bounded = query.clearSelect().select(sql<number>`1`.as("one")).limit(MAX_COUNT + 1);
  const [row] = await db.select(
    queryBuilder<Record<never, never>>()
      .selectFrom(bounded.as("counted"))
      .select(({ fn }) => fn.countAll<number>().as("count")),
  );
  const count = row?.count ?? 0;
  return count > MAX_COUNT ? null : count;
}

function checkedSize({ first, last }: PageArgs): { size: number; backwards: boolean } {
  if (first != null && last != null) {
    throw new PageError(["last"], "EXCLUSIVE", "cannot be combined with first");
  }
  const backwards = last != null;
  const size = first ?? last ?? DEFAULT_PAGE_SIZE;
  if (!Number.isInteger(size) || size < 1 || size > MAX_PAGE_SIZE) {
    throw new PageError(
      [backwards ? "last" : "first"],
      "OUT_OF_RANGE",
      `must be from 1 to ${MAX_PAGE_SIZE}, got ${size}`,
    );
  }
  return { size, backwards };
}

// Text, because a Date would lose the microseconds.
function positionOf({ keys }: Sort): RawBuilder<string[]> {
  return sql<string[]>`array[${
    sql.join(keys.map(({ expression }) => sql`(${expression})::text`))
  }]`;
}

function pastPosition(
  { keys }: Sort,
  position: readonly string[],
  ascending: boolean,
): RawBuilder<boolean> {
  const left = sql.join(keys.map(({ expression }) => expression));
  const right = sql.join(keys.map(({ type }, i) => sql`${position[i]}::${sql.raw(type)}`));
  return ascending ? sql<boolean>`(${left}) > (${right})` : sql<boolean>`(${left}) < (${right})`;
}

function encode({ name }: Sort, position: readonly string[]): string {
  return Buffer.from(JSON.stringify([name, ...position])).toString("base64url");
}

function decode(
  { name, keys }: Sort,
  argument: "after" | "before",
  cursor: string | null | undefined,
): string[] | null {
  if (cursor == null) return null;
  const [order, ...position] = parse(cursor);
  const fits = order === name && position.length === keys.length &&
    keys.every(({ type }, i) => isKey(type, position[i] ?? ""));
  if (fits) return position;
  throw new PageError([argument], "MALFORMED", "is not a cursor of this list in this order");
}

// True if PostgreSQL accepts the value, because a forged cursor must not cause a database error.
function isKey(type: KeyType, value: string): boolean {
  if (!PATTERNS[type].test(value)) return false;
  if (type === "integer") return Math.abs(Number(value)) <= MAX_INTEGER;
  if (type !== "timestamptz" || value.endsWith("infinity")) return true;
  const [second = ""] = value.replace(" ", "T").split(/[.+]/);
  const date = new Date(`${second}Z`);
  // Compared, because Date turns 30 February into 2 March.
  return !isNaN(date.getTime()) && date.toISOString().startsWith(second);
}

function parse(cursor: string): string[] {
  try {
    const parts: unknown = JSON.parse(Buffer.from(cursor, "base64url").toString());
    return Array.isArray(parts) ? parts.map(String) : [];
  } catch {
    return [];
  }
}
