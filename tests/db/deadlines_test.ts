// Deadlines of statements: on a server that answers, and on connections that are dead without a sign.
import assert from "node:assert/strict";
import { setImmediate } from "node:timers/promises";
import {
  type Connection,
  type Database,
  LONG,
  openDatabase,
  statement,
} from "../../src/db/database.ts";
import { DatabaseConnectionError } from "../../src/db/sqlstate.ts";
import { createOrganization } from "../support/callers.ts";
import { stopTime } from "../support/clock.ts";
import { onPostgres } from "../support/database.ts";
import { type Freezer, openFreezer } from "../support/freezer.ts";
import { until } from "../support/until.ts";

const BACKEND = statement<[], { pid: number }>("test.backend", "select pg_backend_pid() as pid");
const TIMEOUT = "select current_setting('statement_timeout') as timeout";
const SHORT_TIMEOUT = statement<[], { timeout: string }>("test.shortTimeout", TIMEOUT);
const LONG_TIMEOUT = statement<[], { timeout: string }>("test.longTimeout", TIMEOUT, LONG);
const SLEEP = statement<[seconds: number]>("test.sleep", "select pg_sleep($1)");
const RENAME = statement<[id: string, name: string]>(
  "test.rename",
  "update organizations set name = $2 where id = $1",
);
const NAME = statement<[id: string], { name: string }>(
  "test.name",
  "select name from organizations where id = $1",
);

async function backendOf(connection: Connection): Promise<number> {
  const [row] = await connection.run(BACKEND);
  assert.ok(row);
  return row.pid;
}

/** Opens a pool whose connections lead through the freezer. */
function openThrough({ url }: Freezer, size: number): Database {
  const connection = { connectionString: url };
  return openDatabase({ connection, size, embedded: false, onError: () => {} });
}

/**
 * Returns the error of `work`, without a wait for the deadlines that pass meanwhile.
 *
 * @param begun until then no deadline passes
 */
async function failureOf(
  work: () => Promise<unknown>,
  begun: Promise<void> = Promise.resolve(),
): Promise<unknown> {
  using clock = stopTime();
  let failure: unknown;
  const running = work().catch((error) => failure = error);
  await begun;
  while (failure === undefined) {
    // Shorter than the deadlines, because a statement begins after its connection was borrowed.
    clock.tick(1_000);
    await setImmediate();
  }
  await running;
  return failure;
}

onPostgres("the server cancels a statement before its deadline", async ({ db }) => {
  const before = await backendOf(db);
  await assert.rejects(db.run(SLEEP, 30), { code: "57014" });
  assert.equal(await backendOf(db), before);
}, { size: 1 });

onPostgres("a LONG statement has a longer statement_timeout", async ({ db }) => {
  assert.deepEqual(await db.run(LONG_TIMEOUT), [{ timeout: "59s" }]);
  assert.deepEqual(await db.run(SHORT_TIMEOUT), [{ timeout: "9s" }]);
  const inTransaction = await db.transaction((tx) => tx.run(LONG_TIMEOUT));
  assert.deepEqual(inTransaction, [{ timeout: "59s" }]);
  assert.deepEqual(await db.run(SHORT_TIMEOUT), [{ timeout: "9s" }]);
}, { size: 1 });

onPostgres("run() rejects if its connection is lost without a sign", async ({ url }) => {
  await using freezer = openFreezer(new URL(url));
  const db = openThrough(freezer, 1);
  await backendOf(db);
  freezer.freeze();
  const failure = await failureOf(() => backendOf(db));
  assert.ok(failure instanceof DatabaseConnectionError, String(failure));
  await backendOf(db);
  await db.close();
});

onPostgres("a silent connection discards the idle ones, too", async ({ url }) => {
  await using freezer = openFreezer(new URL(url));
  const db = openThrough(freezer, 5);
  await Promise.all(Array.from({ length: 5 }, () => backendOf(db)));
  assert.equal(db.pool().idle, 5);
  freezer.freeze();
  await failureOf(() => backendOf(db));
  // In real time: a connection that is still silent would fail after its deadline.
  await Promise.all(Array.from({ length: 5 }, () => backendOf(db)));
  await db.close();
});

onPostgres("transaction() rejects if the answer to its COMMIT is lost", async ({ db, url }) => {
  await using freezer = openFreezer(new URL(url));
  const through = openThrough(freezer, 1);
  const { id } = await createOrganization(db, "before");
  const renamed = Promise.withResolvers<void>();
  const rename = () =>
    through.transaction(async (tx) => {
      await tx.run(RENAME, id, "after");
      freezer.freezeAnswers();
      renamed.resolve();
    });
  const failure = await failureOf(rename, renamed.promise);
  assert.ok(failure instanceof DatabaseConnectionError, String(failure));
  // The transaction takes effect, so that the error must not be read as a rollback.
  await until("the COMMIT has taken effect", async () => {
    const [organization] = await db.run(NAME, id);
    return organization?.name === "after";
  });
  await through.close();
});
