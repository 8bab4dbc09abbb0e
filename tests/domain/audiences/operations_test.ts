import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import { audiencesById, getAudience } from "../../../src/domain/audiences/find.ts";
import {
  beginImport,
  failImport,
  failStaleImports,
  finishImport,
} from "../../../src/domain/audiences/import.ts";
import {
  listAudiences,
  listRecipients,
  listRefusedRows,
} from "../../../src/domain/audiences/list.ts";
import type { ImportRow } from "../../../src/domain/audiences/audience.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { type Change, createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";

const RECIPIENTS = statement<[id: string], { n: number; address: string }>(
  "test.recipients",
  "select n, address from audience_recipients where audience_id = $1 order by n",
);
const ANALYZE = statement<[]>("test.analyze", "analyze audience_recipients");
const FLUSH_STATISTICS = statement<[]>("test.flush", "select pg_stat_force_next_flush()");
const ROWS_READ = statement<[], { bySequence: number; byPrimaryKey: number }>(
  "test.rowsRead",
  `select seq_tup_read as "bySequence", idx_tup_read as "byPrimaryKey"
   from pg_stat_user_tables t join pg_stat_user_indexes i using (relid)
   where t.relname = 'audience_recipients' and indexrelname = 'audience_recipients_pkey'`,
);
const SILENCE = statement<[id: string]>(
  "test.silence",
  "update audiences set updated_at = now() - interval '11 minutes' where id = $1",
);

async function setUp(db: Database) {
  const services = { db, bus: createBus() };
  const { member, colleague, admin } = await createOrganization(db);
  const stranger = (await createOrganization(db)).admin;
  const begin = async (name = "July", caller = member) =>
    (await beginImport(services, caller, { name, bytesTotal: 1_000 })).id;
  return { services, member, colleague, admin, stranger, begin };
}

function rows(from: number, count: number): ImportRow[] {
  return Array.from({ length: count }, (_, i) => ({
    line: from + i,
    recipient: { address: `User${from + i}@example.com`, variables: { code: from + i } },
  }));
}

onEveryDatabase("addRecipients() numbers on without gaps from many at once", async ({ db }) => {
  const { services, member, begin } = await setUp(db);
  const id = await begin();
  // Each chunk shares half of its addresses with the next.
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => addRecipients(services, member, id, rows(i * 50, 100), 0)),
  );
  const audience = await finishImport(services, member, id);
  assert.deepEqual([audience.taken, audience.recipientCount, audience.collapsed], [450, 450, 350]);
  const recipients = await db.run(RECIPIENTS, id);
  assert.deepEqual(recipients.map(({ n }) => n), recipients.map((_, index) => index + 1));
  assert.equal(new Set(recipients.map(({ address }) => address)).size, 450);
});

onPostgres(
  "addRecipients() finds addresses by their index while statistics lag",
  async ({ db }) => {
    const { services, member, begin } = await setUp(db);
    // Long ones: the index of addresses is then a deeper tree than the primary key.
    const chunk = (from: number, count: number): ImportRow[] =>
      Array.from({ length: count }, (_, i) => ({
        line: from + i,
        recipient: { address: `user${from + i}@${"x".repeat(63)}.${"y".repeat(63)}.com` },
      }));
    await addRecipients(services, member, await begin(), chunk(0, 20), 0);
    // From here on the database believes that every recipient is in that first audience.
    await db.run(ANALYZE);
    const id = await begin();
    for (let n = 0; n < 10_000; n += 1_000) {
      await addRecipients(services, member, id, chunk(n, 1_000), 0);
    }
    await db.run(FLUSH_STATISTICS);
    const [read] = await db.run(ROWS_READ);
    assert(read && read.bySequence + read.byPrimaryKey < 10_000, JSON.stringify(read));
  },
  { size: 1 },
);

onEveryDatabase(
  "addRecipients() keeps the first of each address, in the order of the file",
  async ({ db }) => {
    const { services, member, begin } = await setUp(db);
    const id = await begin();
    const addresses = ["zoë@x.de", "ann@x.de", "ZOË@x.de", "bob@x.de", "Ann@X.de"];
    const chunk = addresses.map((address, line) => ({ line, recipient: { address } }));
    await addRecipients(services, member, id, chunk, 10);
    await addRecipients(
      services,
      member,
      id,
      [{ line: 6, recipient: { address: "BOB@x.de" } }],
      20,
    );
    const audience = await getAudience(services, member, id);
    assert.deepEqual([audience.taken, audience.collapsed, audience.bytesRead], [3, 3, 20]);
    assert.deepEqual(await db.run(RECIPIENTS, id), [
      { n: 1, address: "zoë@x.de" },
      { n: 2, address: "ann@x.de" },
      { n: 3, address: "bob@x.de" },
    ]);
  },
);

onEveryDatabase("addRecipients() tells of each chunk", async ({ db }) => {
  const { services, member, begin } = await setUp(db);
  const id = await begin();
  const changes: Change[] = [];
  const told = Promise.withResolvers<void>();
  services.bus.subscribe("audiences", (change) => {
    changes.push(change);
    told.resolve();
  });
  await addRecipients(services, member, id, rows(0, 1), 10);
  await told.promise;
  assert.deepEqual(changes[0]?.ids, [id]);
  assert.equal(changes[0]?.organizationId, member.organizationId);
});

onEveryDatabase("addRecipients() stores text that no database takes as it is", async ({ db }) => {
  const { services, member, begin } = await setUp(db);
  const id = await begin();
  const reason = `\0${"x".repeat(1_000)}`;
  await addRecipients(services, member, id, [...rows(1, 1), { line: 2, reason }], 0);
  const audience = await getAudience(services, member, id);
  const { edges } = await listRefusedRows(services, audience, {});
  assert.deepEqual(edges.map(({ node }) => node), [{ line: 2, reason: "x".repeat(500) }]);
});

onEveryDatabase("addRecipients() refuses more than 1,000 different variables", async ({ db }) => {
  const { services, member, begin } = await setUp(db);
  const id = await begin();
  const wild = Array.from({ length: 1_001 }, (_, i) => ({
    line: i,
    recipient: { address: `user${i}@x.de`, variables: { [`v${i}`]: 1 } },
  }));
  await addRecipients(services, member, id, wild.slice(0, 1_000), 0);
  await assert.rejects(
    addRecipients(services, member, id, wild.slice(1_000), 0),
    InvalidInputError,
  );
  assert.equal((await getAudience(services, member, id)).taken, 1_000);
});

onEveryDatabase(
  "addRecipients() refuses an import that has ended, or is another's",
  async ({ db }) => {
    const { services, member, stranger, begin } = await setUp(db);
    const id = await begin();
    await assert.rejects(addRecipients(services, stranger, id, rows(0, 1), 0), ConflictError);
    await addRecipients(services, member, id, rows(0, 1), 0);
    await failImport(services, member, id);
    await assert.rejects(addRecipients(services, member, id, rows(1, 1), 0), ConflictError);
    await assert.rejects(finishImport(services, member, id), ConflictError);
    const audience = await getAudience(services, member, id);
    assert.deepEqual([audience.importStatus, audience.recipientCount], ["FAILED", 1]);
  },
);

onEveryDatabase(
  "failStaleImports() ends only imports that have long been silent",
  async ({ db }) => {
    const { services, member, begin } = await setUp(db);
    const [dead, alive, done] = [await begin("dead"), await begin("alive"), await begin("done")];
    await addRecipients(services, member, done, rows(0, 1), 0);
    await finishImport(services, member, done);
    await db.run(SILENCE, dead);
    await db.run(SILENCE, done);
    assert.equal(await failStaleImports(services), 1);
    const status = async (id: string) => (await getAudience(services, member, id)).importStatus;
    assert.deepEqual([await status(dead), await status(alive), await status(done)], [
      "FAILED",
      "RUNNING",
      "FINISHED",
    ]);
  },
);

onEveryDatabase(
  "getAudience() shows a MEMBER its own, an ADMIN its organization's",
  async ({ db }) => {
    const { services, member, colleague, admin, stranger, begin } = await setUp(db);
    const id = await begin();
    for (const caller of [member, admin]) {
      assert.equal((await getAudience(services, caller, id)).name, "July");
      assert.equal((await listAudiences(services, caller, null, {})).edges.length, 1);
    }
    for (const caller of [colleague, stranger]) {
      await assert.rejects(getAudience(services, caller, id), NotFoundError);
      assert.deepEqual(await audiencesById(services, caller, [id]), []);
      assert.deepEqual((await listAudiences(services, caller, null, {})).edges, []);
    }
  },
);

onEveryDatabase("listAudiences() pages newest first and searches names", async ({ db }) => {
  const { services, member, begin } = await setUp(db);
  for (const name of ["Spring", "Summer 50%", "Summer_2"]) await begin(name);
  const names = async (search: string | null, first = 50, after?: string) => {
    const { edges, pageInfo } = await listAudiences(services, member, search, { first, after });
    return { names: edges.map(({ node }) => node.name), cursor: pageInfo.endCursor ?? undefined };
  };
  const first = await names(null, 2);
  assert.deepEqual(first.names, ["Summer_2", "Summer 50%"]);
  assert.deepEqual((await names(null, 2, first.cursor)).names, ["Spring"]);
  assert.deepEqual((await names("SUMMER")).names, ["Summer_2", "Summer 50%"]);
  assert.deepEqual((await names("0%")).names, ["Summer 50%"]);
  assert.deepEqual((await names("_")).names, ["Summer_2"]);
  assert.deepEqual((await names("\0spring")).names, ["Spring"]);
});

onEveryDatabase(
  "listRecipients() pages in the file's order and searches both texts",
  async ({ db }) => {
    const { services, member, begin } = await setUp(db);
    const id = await begin();
    await addRecipients(services, member, id, [
      ...rows(0, 5),
      { line: 9, recipient: { address: "zoe@x.de", name: "Zoë User4" } },
    ], 0);
    const audience = await getAudience(services, member, id);
    const page = async (search: string | null, first: number, after?: string) => {
      const { edges, pageInfo } = await listRecipients(services, audience, search, {
        first,
        after,
      });
      return { found: edges.map(({ node }) => node.address), end: pageInfo.endCursor ?? undefined };
    };
    const first = await page(null, 4);
    assert.deepEqual(first.found, [0, 1, 2, 3].map((i) => `User${i}@example.com`));
    assert.deepEqual((await page(null, 4, first.end)).found, ["User4@example.com", "zoe@x.de"]);
    assert.deepEqual((await page("user4", 4)).found, ["User4@example.com", "zoe@x.de"]);
    assert.deepEqual((await page("ZOË", 4)).found, ["zoe@x.de"]);
  },
);
