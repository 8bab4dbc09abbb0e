import { type Connection, statement } from "../../src/db/database.ts";

const TABLES = statement<[], { name: string }>(
  "test.tables",
  `select table_name as name from information_schema.tables
   where table_schema = 'public' and table_type = 'BASE TABLE' order by 1`,
);

/** Names of all tables that have a row with this text in any column, in any case. */
export async function tablesWith(db: Connection, text: string): Promise<string[]> {
  const found: string[] = [];
  for (const { name } of await db.run(TABLES)) {
    const find = statement<[text: string], { count: number }>(
      `test.find.${name}`,
      `select count(*) as count from ${name} t where strpos(lower(t::text), lower($1)) > 0`,
    );
    const [row] = await db.run(find, text);
    if (row && row.count > 0) found.push(name);
  }
  return found;
}
