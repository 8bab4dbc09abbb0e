import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { countRows, eraseRows } from "../../../src/domain/erasure/erase.ts";
import { ERASERS } from "../../../src/domain/erasure/erasers.ts";
import { newId } from "../../../src/domain/id.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { countOrganizationRows, organizationTables } from "../../support/organization_rows.ts";

const TABLES = [...new Set(ERASERS.flatMap(({ tables }) => tables))];

const DROP_CONSTRAINTS = statement<[]>(
  "test.dropConstraints",
  `do $$
   declare r record;
   begin
     for r in select conrelid::regclass as name, conname from pg_constraint
       where contype in ('c', 'f') and connamespace = 'public'::regnamespace
     loop execute format('alter table %s drop constraint %I', r.name, r.conname); end loop;
   end $$`,
);
const COLUMNS = statement<[table: string], { name: string; value: string }>(
  "test.requiredColumns",
  `select column_name as name, case data_type
     when 'uuid' then '$1' when 'text' then '''''' when 'jsonb' then '''{}''' when 'ARRAY' then '''{}'''
     when 'boolean' then 'false' when 'bytea' then 'uuid_send($1::uuid)' when 'date' then 'now()'
     when 'timestamp with time zone' then 'now()' else '0' end as value
   from information_schema.columns
   where table_schema = 'public' and table_name = $1 and is_identity = 'NO'
     and is_generated = 'NEVER'
     and (data_type = 'uuid' or is_nullable = 'NO' and column_default is null)
   order by ordinal_position`,
);

/**
 * Adds a row to each table in which every id is the given one, so that all rows belong to one organization and
 * refer to each other, whatever the tables are.
 */
async function addRows(db: Database, id: string): Promise<void> {
  await db.run(DROP_CONSTRAINTS);
  for (const table of TABLES) {
    const columns = await db.run(COLUMNS, table);
    const names = columns.map(({ name }) => name).join(", ");
    const values = columns.map(({ value }) => value).join(", ");
    const insert = statement<[id: string]>(
      `test.insert.${table}`,
      `insert into ${table} (${names}) values (${values})`,
    );
    await db.run(insert, id);
  }
}

async function countAll(db: Database): Promise<Record<string, number>> {
  const counts: Record<string, number> = {};
  for (const table of TABLES) {
    const count = statement<[], { count: number }>(
      `test.countAll.${table}`,
      `select count(*) as count from ${table}`,
    );
    counts[table] = (await db.run(count))[0]?.count ?? 0;
  }
  return counts;
}

const oneEach = Object.fromEntries(TABLES.map((table) => [table, 1]));

onEveryDatabase("every table with rows of organizations has an eraser", async ({ db }) => {
  const missing = (await organizationTables(db)).filter((table) => !TABLES.includes(table));
  assert.deepEqual(missing, [], "add their erasers to src/domain/erasure/erasers.ts");
});

onEveryDatabase(
  "eraseRows() deletes all rows of one organization, and no others",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const [own, other] = [newId(), newId()];
    await addRows(db, own);
    await addRows(db, other);
    const total = await countRows(services, own);
    let counted = 0;
    const erased = await eraseRows(services, own, 10, (sum) => counted = sum);
    assert.ok(erased >= counted);
    assert.ok(total > 0);
    assert.deepEqual(await countOrganizationRows(db, own), {});
    assert.deepEqual(await countAll(db), oneEach);
    assert.equal(await eraseRows(services, own, 10, () => {}), 0);
  },
);

onEveryDatabase("eraseRows() continues after an interruption at any chunk", async ({ db }) => {
  const services = { db, bus: createBus() };
  for (let chunks = 0, ended = false; !ended; chunks++) {
    const id = newId();
    await addRows(db, id);
    let count = 0;
    const interrupted = eraseRows(services, id, 1, () => {
      if (count++ === chunks) throw new Error("interrupted");
    });
    ended = await interrupted.then(() => true, () => false);
    await eraseRows(services, id, 1, () => {});
    assert.deepEqual(await countOrganizationRows(db, id), {});
  }
});
