import assert from "node:assert/strict";
import { sql } from "kysely";
import { type Database, queryBuilder, statement } from "../../src/db/database.ts";
import { byId, type PageArgs, PageError, selectPage, type Sort } from "../../src/db/page.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";

interface Row {
  id: string;
  at: Date | null;
}

const CREATE = statement<[]>(
  "test.create",
  "create table items (id uuid primary key, at timestamptz)",
);
// Every third row has no time; the times differ by microseconds.
const FILL = statement<[count: number]>(
  "test.fill",
  `insert into items select ('00000000-0000-7000-8000-' || lpad(n::text, 12, '0'))::uuid,
     case when n % 3 > 0 then timestamptz '2030-01-01Z' + n / 2 * interval '1 microsecond' end
   from generate_series(1, $1::int) n`,
);
const BY_TIME: Sort = {
  name: "at desc",
  keys: [
    { expression: sql`coalesce(at, '-infinity')`, type: "timestamptz" },
    { expression: sql.ref("id"), type: "uuid" },
  ],
  direction: "desc",
};

const items = () => queryBuilder<{ items: Row }>().selectFrom("items").select(["id", "at"]);

async function fill(db: Database, count: number): Promise<void> {
  await db.run(CREATE);
  await db.run(FILL, count);
}

async function walk(db: Database, sort: Sort, size: number, backwards: boolean): Promise<string[]> {
  const readIds: string[] = [];
  let cursor: string | null = null;
  do {
    const args: PageArgs = backwards
      ? { last: size, before: cursor }
      : { first: size, after: cursor };
    const { edges, pageInfo } = await selectPage(db, items(), sort, args);
    const ids = edges.map(({ node }) => node.id);
    if (backwards) readIds.unshift(...ids);
    else readIds.push(...ids);
    const hasMore = backwards ? pageInfo.hasPreviousPage : pageInfo.hasNextPage;
    cursor = hasMore ? (backwards ? pageInfo.startCursor : pageInfo.endCursor) : null;
  } while (cursor);
  return readIds;
}

onEveryDatabase("selectPage() returns rows with a column `position`", async ({ db }) => {
  await fill(db, 1);
  const query = items().select(sql<number>`7`.as("position"));
  const { edges } = await selectPage(db, query, byId("asc"), {});
  assert.deepEqual(edges.map(({ node }) => node.position), [7]);
});

onEveryDatabase("selectPage() returns each row once in both directions", async ({ db }) => {
  await fill(db, 20);
  for (const sort of [byId("asc"), byId("desc"), BY_TIME]) {
    const all = await walk(db, sort, 200, false);
    assert.equal(new Set(all).size, 20);
    assert.deepEqual(await walk(db, sort, 3, false), all, `${sort.name}, forwards`);
    assert.deepEqual(await walk(db, sort, 3, true), all, `${sort.name}, backwards`);
  }
});

onPostgres("selectPage() sorts rows without a time last", async ({ db }) => {
  await fill(db, 9);
  const { edges } = await selectPage(db, items(), BY_TIME, {});
  assert.deepEqual(edges.map(({ node }) => node.at === null), [
    ...Array<boolean>(6).fill(false),
    ...Array<boolean>(3).fill(true),
  ]);
});

onPostgres("selectPage() returns the rows between `after` and `before`", async ({ db }) => {
  await fill(db, 9);
  const { edges } = await selectPage(db, items(), byId("asc"), { first: 9 });
  const [after, before] = [edges[1]?.cursor, edges[5]?.cursor];
  const between = await selectPage(db, items(), byId("asc"), { after, before });
  assert.deepEqual(
    between.edges.map(({ node }) => node.id),
    edges.slice(2, 5).map(({ node }) => node.id),
  );
});

onPostgres("selectPage() refuses arguments out of range", async ({ db }) => {
  const refused = (args: PageArgs, argument: string) =>
    assert.rejects(
      selectPage(db, items(), byId("asc"), args),
      (error) => error instanceof PageError && error.path[0] === argument,
    );
  await refused({ first: 0 }, "first");
  await refused({ first: 201 }, "first");
  await refused({ last: -1 }, "last");
  await refused({ first: 1, last: 1 }, "last");
});

onPostgres("selectPage() refuses malformed cursors", async ({ db }) => {
  await fill(db, 3);
  const foreign = (await selectPage(db, items(), byId("asc"), {})).pageInfo.endCursor;
  const forged = btoa(JSON.stringify(["at desc", "now(); drop table items", "x"]));
  for (const after of [foreign, forged, "", "%%%", btoa("null"), btoa('["at desc"]')]) {
    await assert.rejects(selectPage(db, items(), BY_TIME, { after }), PageError, `${after}`);
  }
});

onPostgres(
  "selectPage() refuses a cursor of another order with keys of the same types",
  async ({ db }) => {
    await fill(db, 3);
    const oldestFirst: Sort = { ...BY_TIME, name: "at asc", direction: "asc" };
    const { endCursor: after } = (await selectPage(db, items(), oldestFirst, {})).pageInfo;
    await selectPage(db, items(), oldestFirst, { after });
    await assert.rejects(selectPage(db, items(), BY_TIME, { after }), PageError);
  },
);

onEveryDatabase(
  "selectPage() refuses cursors with values that no column can hold",
  async ({ db }) => {
    await fill(db, 3);
    const id = "00000000-0000-7000-8000-000000000001";
    const byNumber: Sort = {
      name: "number asc",
      keys: [{ expression: sql`1`, type: "integer" }],
      direction: "asc",
    };
    const forged: [Sort, string[]][] = [
      [byNumber, ["2147483648"]],
      [byNumber, ["-999999999999999"]],
      [BY_TIME, ["2030-13-01 00:00:00+00", id]],
      [BY_TIME, ["2030-02-30 00:00:00+00", id]],
      [BY_TIME, ["2030-01-01 25:61:61.5+00", id]],
      [BY_TIME, ["0000-01-01 00:00:00+00", id]],
    ];
    for (const [sort, position] of forged) {
      const after = btoa(JSON.stringify([sort.name, ...position]));
      await assert.rejects(selectPage(db, items(), sort, { after }), PageError, `${position}`);
    }
    for (const at of ["infinity", "-infinity", "2030-01-01 00:00:00.000001+00"]) {
      const after = btoa(JSON.stringify([BY_TIME.name, at, id]));
      await selectPage(db, items(), BY_TIME, { after });
    }
  },
);

onPostgres("totalCount() returns null above 10,000", async ({ db }) => {
  await fill(db, 10_000);
  const { totalCount } = await selectPage(db, items(), byId("asc"), { first: 1 });
  assert.equal(await totalCount(), 10_000);
  await db.run(statement<[]>(
    "test.more",
    "insert into items values ('00000000-0000-7000-8000-999999999999', null)",
  ));
  assert.equal(await totalCount(), null);
});
