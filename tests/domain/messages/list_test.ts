import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { listMessages } from "../../../src/domain/messages/list.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";

// Every second message has a sendAt, and the others are sorted among them by createdAt.
const FILL = statement<[organizationId: string, count: number]>(
  "test.fillMessages",
  `insert into messages (id, organization_id, title, channel, type, lane, status, subject,
     recipient_count, created_at, send_at)
   select uuid_v7(), $1, 'July', 'EMAIL', 'newsletter', 'BULK', 'PLANNING', 'July', 1,
     timestamptz '2030-01-01Z' + n * interval '1 minute',
     case when n % 2 = 0 then timestamptz '2030-01-01Z' + ($2 - n) * interval '1 minute' end
   from generate_series(1, $2::int) n`,
);
const ANALYZE = statement<[]>("test.analyze", "analyze messages");
const READ_ROWS = statement<[], { rows: number }>(
  "test.readRows",
  `select (coalesce(seq_tup_read, 0) + coalesce(idx_tup_fetch, 0))::int8 as rows
   from pg_stat_xact_user_tables where relname = 'messages'`,
);

/** Wraps a database; appends to `reads` the number of rows of `messages` that each query reads. */
function countingRows(db: Database, reads: number[]): Database {
  return {
    ...db,
    select: (query) =>
      db.transaction(async (tx) => {
        const count = async () => (await tx.run(READ_ROWS))[0]?.rows ?? 0;
        const before = await count();
        const rows = await tx.select(query);
        reads.push(await count() - before);
        return rows;
      }),
  };
}

onPostgres("listMessages() by SEND_AT_DESC reads only the rows of its page", async ({ db }) => {
  const { id, admin } = await createOrganization(db);
  await db.run(FILL, id, 20_000);
  await db.run(ANALYZE);
  const reads: number[] = [];
  const services = { db: countingRows(db, reads), bus: createBus() };
  const times: Date[] = [];
  let after: string | null = null;
  for (let page = 0; page < 3; page++) {
    const args = { first: 50, after };
    const { edges, pageInfo } = await listMessages(services, admin, {}, "SEND_AT_DESC", args);
    times.push(...edges.map(({ node: { sendAt, createdAt } }) => sendAt ?? createdAt));
    after = pageInfo.endCursor;
  }
  assert.equal(times.length, 150);
  assert.deepEqual(times, times.toSorted((a, b) => b.getTime() - a.getTime()));
  assert.ok(Math.max(...reads) <= 100, `read ${reads} rows`);
});

onEveryDatabase("listMessages() leaves out excluded types", async ({ db }) => {
  const { id, admin } = await createOrganization(db);
  const services = { db, bus: createBus() };
  await db.run(FILL, id, 2);
  const countWithout = async (...excludedTypes: string[]) =>
    (await listMessages(services, admin, { excludedTypes }, "CREATED_DESC", {})).edges.length;
  assert.equal(await countWithout("receipt"), 2);
  assert.equal(await countWithout("receipt", "newsletter"), 0);
});
