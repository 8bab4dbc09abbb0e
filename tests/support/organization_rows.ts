import { type Connection, statement } from "../../src/db/database.ts";

const TABLES = statement<[], { name: string }>(
  "test.organizationTables",
  `select c.table_name as name from information_schema.columns c
     join information_schema.tables t using (table_schema, table_name)
   where t.table_schema = 'public' and t.table_type = 'BASE TABLE' and column_name = 'organization_id'
   order by 1`,
);

/** Names of the tables with rows of organizations. */
export async function organizationTables(db: Connection): Promise<string[]> {
  return (await db.run(TABLES)).map(({ name }) => name);
}

/** Number of rows of an organization in each table that has any. */
export async function countOrganizationRows(
  db: Connection,
  organizationId: string,
): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of await organizationTables(db)) {
    const count = statement<[id: string], { count: number }>(
      `test.count.${table}`,
      `select count(*) as count from ${table} where organization_id = $1`,
    );
    const [row] = await db.run(count, organizationId);
    if (row && row.count > 0) counts[table] = row.count;
  }
  return counts;
}
