import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import { type Connection, queryBuilder, statement } from "../../src/db/database.ts";
import { createOrganization } from "../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";

const RENAME = statement<[id: string, name: string]>(
  "test.rename",
  "update organizations set name = $2 where id = $1",
);
const NAME = statement<[id: string], { name: string }>(
  "test.name",
  "select name from organizations where id = $1",
);
const FAIL = statement<[]>("test.fail", "select 1 / 0");
const BACKEND = statement<[], { pid: number }>("test.backend", "select pg_backend_pid() as pid");
const TERMINATE = statement<[pid: number]>("test.terminate", "select pg_terminate_backend($1)");

const SET_READ_ONLY = statement<[]>("test.setReadOnly", "set default_transaction_read_only = on");

const COUNT_BACKENDS = statement<[pid: number], { count: number }>(
  "test.countBackends",
  "select count(*) from pg_stat_activity where pid = $1",
);

async function nameOf(db: Connection, id: string): Promise<string | undefined> {
  const [row] = await db.run(NAME, id);
  return row?.name;
}

async function backendOf(connection: Connection): Promise<number> {
  const [row] = await connection.run(BACKEND);
  assert.ok(row);
  return row.pid;
}

/** Terminates a backend, and resolves once it has ended. */
async function terminate(db: Connection, pid: number): Promise<void> {
  await db.run(TERMINATE, pid);
  while ((await db.run(COUNT_BACKENDS, pid))[0]?.count !== 0);
}

onEveryDatabase("transaction() commits and returns the result of its work", async ({ db }) => {
  const { id } = await createOrganization(db, "before");
  const result = await db.transaction(async (tx) => {
    await tx.run(RENAME, id, "after");
    return "done";
  });
  assert.equal(result, "done");
  assert.equal(await nameOf(db, id), "after");
});

onEveryDatabase("transaction() rolls back and rethrows the error of its work", async ({ db }) => {
  const { id } = await createOrganization(db, "before");
  const reason = new Error("no");
  const failed = db.transaction(async (tx) => {
    await tx.run(RENAME, id, "after");
    throw reason;
  });
  await assert.rejects(failed, reason);
  assert.equal(await nameOf(db, id), "before");
});

onEveryDatabase(
  "transaction() throws if its work has caught the error of a statement",
  async ({ db }) => {
    const { id } = await createOrganization(db, "before");
    const failed = db.transaction(async (tx) => {
      await tx.run(RENAME, id, "after");
      await tx.run(FAIL).catch(() => {});
    });
    await assert.rejects(failed, /Cannot commit/);
    assert.equal(await nameOf(db, id), "before");
  },
);

onEveryDatabase("run() keeps the connection after a failed statement", async ({ db }) => {
  for (let n = 0; n < 20; n++) {
    await assert.rejects(db.run(FAIL), { code: "22012" });
    await assert.rejects(
      db.select(queryBuilder<{ nowhere: { id: string } }>().selectFrom("nowhere").selectAll()),
    );
    assert.equal(db.pool().total, 1);
  }
  assert.equal((await createOrganization(db)).admin.role, "ADMIN");
});

onEveryDatabase("run() returns int8 as number and timestamptz as Date", async ({ db }) => {
  const rows = await db.run(statement<[], Record<string, unknown>>(
    "test.types",
    `select count(*) as count, 9007199254740991::int8 as largest,
      timestamptz '2026-03-01 12:00:00+02' as at, null::int8 as nothing`,
  ));
  assert.deepEqual(rows, [{
    count: 1,
    largest: Number.MAX_SAFE_INTEGER,
    at: new Date("2026-03-01T10:00:00Z"),
    nothing: null,
  }]);
});

onEveryDatabase("run() uses the time zone UTC", async ({ db }) => {
  const rows = await db.run(statement<[], { zone: string }>(
    "test.zone",
    "select current_setting('TimeZone') as zone",
  ));
  assert.match(rows[0]?.zone ?? "", /^(UTC|GMT)$/);
});

onEveryDatabase("select() runs a composed query", async ({ db }) => {
  const { id } = await createOrganization(db, "Acme");
  const query = queryBuilder<{ organizations: { id: string; name: string } }>()
    .selectFrom("organizations").select(["id", "name"]).where("name", "=", "Acme");
  assert.deepEqual(await db.select(query), [{ id, name: "Acme" }]);
});

onPostgres("transaction() commits nothing if its connection is terminated", async ({ db }) => {
  const { id } = await createOrganization(db, "before");
  const others = Array.from({ length: 20 }, () => createOrganization(db, "beside"));
  const failed = db.transaction(async (tx) => {
    await tx.run(RENAME, id, "first");
    const killer = db.run(TERMINATE, await backendOf(tx));
    // Errors are caught on purpose: later statements must not run on another connection.
    await Promise.allSettled([killer, tx.run(RENAME, id, "second")]);
    await tx.run(RENAME, id, "third").catch(() => {});
  });
  await assert.rejects(failed);
  assert.equal(await nameOf(db, id), "before");
  for (const { id } of await Promise.all(others)) assert.equal(await nameOf(db, id), "beside");
});

onPostgres("transaction() rejects if its idle connection is terminated", async ({ db }) => {
  const { id } = await createOrganization(db, "before");
  const failed = db.transaction(async (tx) => {
    await tx.run(RENAME, id, "after");
    await terminate(db, await backendOf(tx));
  });
  await assert.rejects(failed);
  assert.equal(await nameOf(db, id), "before");
});

onPostgres("transaction() replaces the connection to a read-only server", async ({ db }) => {
  const { id } = await createOrganization(db, "before");
  const before = await backendOf(db);
  // As on a standby, after a failover.
  await db.run(SET_READ_ONLY);
  await assert.rejects(db.transaction((tx) => tx.run(RENAME, id, "after")), { code: "25006" });
  assert.notEqual(await backendOf(db), before);
}, { size: 1 });

const losses: Error[] = [];

onPostgres("the pool replaces idle connections that were terminated", async ({ db }) => {
  const pids = await Promise.all(Array.from({ length: 3 }, () => backendOf(db)));
  const killer = await db.dedicated();
  await killer.query("select pg_terminate_backend(pid) from unnest($1::int[]) pid", [pids]);
  await killer.end();
  while (db.pool().total > 0) await setImmediate();
  assert.ok(losses.length >= 1);
  assert.ok(!pids.includes(await backendOf(db)));
}, { onError: (error) => losses.push(error) });
