import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import type { ImportRow } from "../../../src/domain/audiences/audience.ts";
import { getAudience } from "../../../src/domain/audiences/find.ts";
import { failImport, finishImport } from "../../../src/domain/audiences/import.ts";
import { listRefusedRows } from "../../../src/domain/audiences/list.ts";
import { ConflictError, InvalidInputError } from "../../../src/domain/errors.ts";
import type { Change } from "../../../src/events/bus.ts";
import { importRows, openAudiences } from "../../support/audiences.ts";
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

onEveryDatabase(
  "addRecipients() numbers recipients without gaps when called concurrently",
  async ({ db }) => {
    const { services, member, begin } = await openAudiences(db);
    const id = await begin();
    // Half of the addresses of each chunk are in the next chunk, too.
    await Promise.all(
      Array.from(
        { length: 8 },
        (_, i) => addRecipients(services, member, id, importRows(i * 50, 100), 0),
      ),
    );
    const audience = await finishImport(services, member, id);
    assert.deepEqual([audience.taken, audience.recipientCount, audience.collapsed], [
      450,
      450,
      350,
    ]);
    const recipients = await db.run(RECIPIENTS, id);
    assert.deepEqual(
      recipients.map(({ n }) => n),
      recipients.map((_, index) => index + 1),
    );
    assert.equal(new Set(recipients.map(({ address }) => address)).size, 450);
  },
);

onPostgres(
  "addRecipients() uses the index on addresses while statistics are stale",
  async ({ db }) => {
    const { services, member, begin } = await openAudiences(db);
    // Long addresses make their index deeper than the primary key, which the planner then prefers.
    const chunk = (from: number, count: number): ImportRow[] =>
      Array.from({ length: count }, (_, i) => ({
        line: from + i,
        recipient: { address: `user${from + i}@${"x".repeat(63)}.${"y".repeat(63)}.com` },
      }));
    await addRecipients(services, member, await begin(), chunk(0, 20), 0);
    // According to the statistics, every recipient is in the first audience.
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
    const { services, member, begin } = await openAudiences(db);
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

onEveryDatabase("addRecipients() publishes each chunk", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const id = await begin();
  const changes: Change[] = [];
  const published = Promise.withResolvers<void>();
  services.bus.subscribe("audiences", (change) => {
    changes.push(change);
    published.resolve();
  });
  await addRecipients(services, member, id, importRows(0, 1), 10);
  await published.promise;
  assert.deepEqual(changes[0]?.ids, [id]);
  assert.equal(changes[0]?.organizationId, member.organizationId);
});

onEveryDatabase(
  "addRecipients() removes NUL characters from reasons and shortens them",
  async ({ db }) => {
    const { services, member, begin } = await openAudiences(db);
    const id = await begin();
    const reason = `\0${"x".repeat(1_000)}`;
    await addRecipients(services, member, id, [...importRows(1, 1), { line: 2, reason }], 0);
    const audience = await getAudience(services, member, id);
    const { edges } = await listRefusedRows(services, audience, {});
    assert.deepEqual(edges.map(({ node }) => node), [{ line: 2, reason: "x".repeat(500) }]);
  },
);

onEveryDatabase("addRecipients() refuses more than 1,000 different variables", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const id = await begin();
  const rows = Array.from({ length: 1_001 }, (_, i) => ({
    line: i,
    recipient: { address: `user${i}@x.de`, variables: { [`v${i}`]: 1 } },
  }));
  await addRecipients(services, member, id, rows.slice(0, 1_000), 0);
  await assert.rejects(
    addRecipients(services, member, id, rows.slice(1_000), 0),
    InvalidInputError,
  );
  assert.equal((await getAudience(services, member, id)).taken, 1_000);
});

onEveryDatabase(
  "addRecipients() and finishImport() refuse an import that has ended or is of another organization",
  async ({ db }) => {
    const { services, member, stranger, begin } = await openAudiences(db);
    const id = await begin("July", true);
    await assert.rejects(addRecipients(services, stranger, id, importRows(0, 1), 0), ConflictError);
    await addRecipients(services, member, id, importRows(0, 1), 0);
    await failImport(services, member, id);
    await assert.rejects(addRecipients(services, member, id, importRows(1, 1), 0), ConflictError);
    await assert.rejects(finishImport(services, member, id), ConflictError);
    const audience = await getAudience(services, member, id);
    assert.deepEqual([audience.importStatus, audience.recipientCount], ["FAILED", 1]);
  },
);
