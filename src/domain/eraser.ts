import { type Connection, LONG, type Statement, statement } from "../db/database.ts";

/** Result of erasing one chunk. */
export interface ErasedChunk {
  /** Number of deleted rows of the first table. */
  readonly erased: number;
  /** Value of `after` for the next chunk; null: there are no more rows. */
  readonly last: string | null;
}

/** Deletes the rows of one organization from tables of one noun. */
export interface Eraser {
  /** Tables that it deletes from. */
  readonly tables: readonly string[];
  /** Counts the rows of the first table, for the progress. Absent: they are few. */
  readonly count?: Statement<[organizationId: string], { count: number }>;
  /**
   * Deletes the next chunk.
   *
   * @param after `last` of the previous chunk; `FIRST_ROW` for the first one
   * @param limit maximum number of rows per table
   */
  erase(
    db: Connection,
    organizationId: string,
    after: string,
    limit: number,
  ): Promise<ErasedChunk>;
}

/** Value of `after` for the first chunk. */
export const FIRST_ROW = "00000000-0000-0000-0000-000000000000";

/** Statement that erases one chunk. */
type EraseStatement = Statement<
  [organizationId: string, after: string, limit: number],
  ErasedChunk
>;

/** Returns the `erase` of a statement. */
export function eraseBy(erase: EraseStatement): Eraser["erase"] {
  return async (db, organizationId, after, limit) => {
    const [chunk] = await db.run(erase, organizationId, after, limit);
    return chunk ?? { erased: 0, last: null };
  };
}

/** Table whose rows belong to rows of another table. */
export interface ChildTable {
  readonly table: string;
  /** Column with the id of the row that they belong to. */
  readonly key: string;
}

/** Options of an eraser. */
export interface EraserOptions {
  /** Label of the statement that counts the rows, for the progress. Absent: they are few. */
  readonly countLabel?: string;
}

/** Creates the eraser of a table that is deleted in any order. */
export function eraserOfRows(label: string, table: string, options: EraserOptions = {}): Eraser {
  return {
    tables: [table],
    ...countOf(table, options),
    erase: eraseBy(statement(
      label,
      `with gone as (
         delete from ${table} where ctid = any(array(
           select ctid from ${table} where organization_id = $1 limit $3))
         returning 1
       )
       select count(*) as erased, case when count(*) = $3 then $2::uuid end as last from gone`,
      LONG,
    )),
  };
}

/**
 * Creates the eraser of a table that is deleted in the order of its ids, because an index on organization and id finds
 * the next rows without passing those that are deleted.
 *
 * @param options `maxRows`: maximum number of rows per chunk, because each has many or large child rows; `children`:
 *   tables whose rows are deleted together with their parents
 */
export function eraserByIds(
  label: string,
  table: string,
  { children = [], maxRows, ...options }: EraserOptions & {
    readonly maxRows?: number;
    readonly children?: readonly ChildTable[];
  } = {},
): Eraser {
  const limit = maxRows === undefined ? "$3" : `least($3::int, ${maxRows})`;
  const childDeletes = children.map((child) =>
    `${child.table}_gone as (
       delete from ${child.table} where ${child.key} = any(array(select id from page))),`
  );
  return {
    tables: [table, ...children.map((child) => child.table)],
    ...countOf(table, options),
    erase: eraseBy(statement(
      label,
      `with page as materialized (
         select id from ${table} where organization_id = $1 and id > $2 order by id limit ${limit}
       ),
       ${childDeletes.join(" ")}
       gone as (delete from ${table} where id = any(array(select id from page)))
       select count(*) as erased, (array_agg(id order by id desc))[1] as last from page`,
      LONG,
    )),
  };
}

/**
 * Creates the eraser of a child table. A page of 100 parents is repeated until all of its child rows are deleted.
 *
 * @param parent table of the parents, which must be erased later
 */
export function eraserOfChildren(
  label: string,
  parent: string,
  { table, key }: ChildTable,
): Eraser {
  return {
    tables: [table],
    erase: eraseBy(statement(
      label,
      `with page as materialized (
         select id from ${parent} where organization_id = $1 and id > $2 order by id limit 100
       ),
       gone as (
         delete from ${table} where ctid = any(array(
           select ctid from ${table} where ${key} = any(array(select id from page)) limit $3))
         returning 1
       ),
       counted as (select count(*) as n from gone)
       select n as erased, case
         when n < $3 then (select id from page order by id desc limit 1) else $2 end as last
       from counted`,
      LONG,
    )),
  };
}

function countOf(table: string, { countLabel }: EraserOptions): Pick<Eraser, "count"> {
  if (countLabel === undefined) return {};
  return {
    count: statement(
      countLabel,
      `select count(*) as count from ${table} where organization_id = $1`,
      LONG,
    ),
  };
}
