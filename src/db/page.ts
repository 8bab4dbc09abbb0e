import { Buffer } from "node:buffer";
import { type RawBuilder, type SelectQueryBuilder, sql } from "kysely";
import { type Connection, queryBuilder } from "./database.ts";

/** What one sort key holds; cursors are checked against it. */
export type KeyType = "uuid" | "timestamptz" | "integer" | "text";

/** One expression that a list is sorted by. It must never be null: coalesce it. */
export interface SortKey {
  readonly expression: RawBuilder<unknown>;
  readonly type: KeyType;
}

/** The order of a list. Its keys together are unique; all go the same way. */
export interface Sort {
  /** Kept in the cursors, so that one of another order is refused. */
  readonly name: string;
  readonly keys: readonly SortKey[];
  readonly direction: "asc" | "desc";
}

/** Relay's arguments of a connection. */
export interface PageArgs {
  readonly first?: number | null;
  readonly after?: string | null;
  readonly last?: number | null;
  readonly before?: string | null;
}

/** A stretch of a list (Relay cursor connections). */
export interface Page<Row> {
  readonly edges: readonly { readonly node: Row; readonly cursor: string }[];
  readonly pageInfo: {
    readonly hasNextPage: boolean;
    readonly hasPreviousPage: boolean;
    readonly startCursor: string | null;
    readonly endCursor: string | null;
  };
  /** Counts the whole list when called; null beyond 10,000. */
  totalCount(): Promise<number | null>;
}

/** Arguments that name no page. */
export class PageError extends Error {
  override readonly name = "PageError";

  /**
   * @param path the argument, `first`, `after` …
   * @param message what it lacks: its name stands before that
   */
  constructor(readonly path: readonly [keyof PageArgs], readonly code: string, message: string) {
    super(message);
  }
}

export const DEFAULT_PAGE_SIZE = 50;
export const MAX_PAGE_SIZE = 200;
const MAX_COUNT = 10_000;
const MAX_INTEGER = 2 ** 31 - 1;

const PATTERNS: Record<KeyType, RegExp> = {
  uuid: /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
  timestamptz: /^(-?infinity|(?!0000)\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d{1,6})?\+00)$/,
  integer: /^-?\d{1,15}$/,
  text: /^[^\0]{0,1000}$/s,
};

/** Sorted by a UUIDv7 id: by age. */
export function byId(direction: Sort["direction"], column = "id"): Sort {
  return {
    name: `id ${direction}`,
    keys: [{ expression: sql.ref(column), type: "uuid" }],
    direction,
  };
}

/**
 * Reads one page of a list, by keyset: as fast at the end as at the beginning.
 *
 * @param query what is listed, filtered, without order and limit
 * @param sort the order; its first keys should lead an index
 * @param args 50 rows unless told, at most 200
 * @throws {PageError} for arguments out of range and cursors that were not given out for this order
 */
export async function selectPage<Tables, Table extends keyof Tables, Row>(
  db: Connection,
  query: SelectQueryBuilder<Tables, Table, Row>,
  sort: Sort,
  args: PageArgs,
): Promise<Page<Row>> {
  const { size, backwards } = extent(args);
  const after = decode(sort, "after", args.after);
  const before = decode(sort, "before", args.before);
  const ascending = (sort.direction === "asc") !== backwards;
  const up = sort.direction === "asc";

  let page = query.select(positionOf(sort).as("position"));
  if (after) page = page.where(beyond(sort, after, up));
  if (before) page = page.where(beyond(sort, before, !up));
  for (const { expression } of sort.keys) {
    page = page.orderBy(expression, ascending ? "asc" : "desc");
  }
  const rows = await db.select(page.limit(size + 1));

  const more = rows.length > size;
  const edges = rows.slice(0, size).map((row) => {
    const { position, ...node } = row as Row & { position: string[] };
    return { node: node as Row, cursor: encode(sort, position) };
  });
  if (backwards) edges.reverse();
  return {
    edges,
    pageInfo: {
      hasNextPage: backwards ? before !== null : more,
      hasPreviousPage: backwards ? more : after !== null,
      startCursor: edges.at(0)?.cursor ?? null,
      endCursor: edges.at(-1)?.cursor ?? null,
    },
    totalCount: () => countRows(db, query),
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

function extent({ first, last }: PageArgs): { size: number; backwards: boolean } {
  if (first != null && last != null) {
    throw new PageError(["last"], "EXCLUSIVE", "cannot be given beside first");
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

// As text, because a Date would lose the microseconds.
function positionOf({ keys }: Sort): RawBuilder<string[]> {
  return sql<string[]>`array[${
    sql.join(keys.map(({ expression }) => sql`(${expression})::text`))
  }]`;
}

function beyond({ keys }: Sort, position: readonly string[], up: boolean): RawBuilder<boolean> {
  const left = sql.join(keys.map(({ expression }) => expression));
  const right = sql.join(keys.map(({ type }, i) => sql`${position[i]}::${sql.raw(type)}`));
  return up ? sql<boolean>`(${left}) > (${right})` : sql<boolean>`(${left}) < (${right})`;
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
  throw new PageError([argument], "MALFORMED", "is no cursor of this list");
}

// What PostgreSQL takes for a value of the type: a cursor may be forged.
function isKey(type: KeyType, value: string): boolean {
  if (!PATTERNS[type].test(value)) return false;
  if (type === "integer") return Math.abs(Number(value)) <= MAX_INTEGER;
  if (type !== "timestamptz" || value.endsWith("infinity")) return true;
  const [second = ""] = value.replace(" ", "T").split(/[.+]/);
  const date = new Date(`${second}Z`);
  // 30 February would become 2 March.
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
