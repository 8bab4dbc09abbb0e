import { type Connection, type Database, statement } from "../../src/db/database.ts";

const READ_ROWS = statement<[], { rows: number }>(
  "test.readRows",
  `select sum(coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int8 as rows
   from pg_stat_xact_user_tables`,
);

/** Wraps a database; sets in `maxRows` the maximum number of rows that each statement reads, by label. */
export function countingRows(db: Database, maxRows: Map<string, number>): Database {
  const count = async (tx: Connection) => (await tx.run(READ_ROWS))[0]?.rows ?? 0;
  const counting = (tx: Connection): Connection => {
    const note = async <T>(label: string, work: () => Promise<T>): Promise<T> => {
      const before = await count(tx);
      const result = await work();
      maxRows.set(label, Math.max(maxRows.get(label) ?? 0, await count(tx) - before));
      return result;
    };
    return {
      run: (statement, ...params) => note(statement.label, () => tx.run(statement, ...params)),
      select: (query) => note(query.compile().sql, () => tx.select(query)),
    };
  };
  return {
    ...db,
    run: (statement, ...params) => db.transaction((tx) => counting(tx).run(statement, ...params)),
    select: (query) => db.transaction((tx) => counting(tx).select(query)),
    transaction: (work) => db.transaction((tx) => work(counting(tx))),
  };
}
