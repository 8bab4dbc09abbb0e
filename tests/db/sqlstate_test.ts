import assert from "node:assert/strict";
import { type Connection, openDatabase, statement } from "../../src/db/database.ts";
import { DatabaseConnectionError, endsConnection, isTransient } from "../../src/db/sqlstate.ts";
import { onEveryDatabase, onPostgres } from "../support/database.ts";

const BACKEND = statement<[], { pid: number }>("test.backend", "select pg_backend_pid() as pid");
const TERMINATE = statement<[pid: number]>(
  "test.terminate",
  "select pg_terminate_backend($1, 5000)",
);
const PING = statement<[]>("test.ping", "select");
const PING_WITH = statement<[parameter: unknown]>("test.pingWith", "select $1::jsonb");
const NO_WAIT = statement<[]>("test.lockNoWait", "lock table organizations nowait");
const LOCK = statement<[]>("test.lock", "lock table organizations");
const READ_ONLY = statement<[]>("test.readOnly", "set transaction read only");
const CREATE = statement<[]>("test.create", "create table written (n int)");
const NO_COLUMN = statement<[]>("test.noColumn", "select nonsense from organizations");
const NO_DATE = statement<[]>("test.noDate", "select 'nonsense'::date");
const SERIALIZATION = statement<[]>(
  "test.serialization",
  "do $$ begin raise exception 'try again' using errcode = '40001'; end $$",
);

async function thrownBy(work: Promise<unknown>): Promise<unknown> {
  return await work.then(() => assert.fail("nothing was thrown"), (error: unknown) => error);
}

async function killBackend(db: Connection, tx: Connection): Promise<void> {
  const [backend] = await tx.run(BACKEND);
  await db.run(TERMINATE, backend?.pid ?? 0);
}

onPostgres(
  "isTransient() accepts a connection that was lost between two statements",
  async ({ db }) => {
    const error = await thrownBy(db.transaction(async (tx) => {
      await killBackend(db, tx);
      await tx.run(PING);
    }));
    assert.ok(error instanceof DatabaseConnectionError, String(error));
    assert.ok(isTransient(error));
  },
  { onError: () => {} },
);

onPostgres("isTransient() accepts a lock that is not available", async ({ db }) => {
  await db.transaction(async (tx) => {
    await tx.run(LOCK);
    assert.ok(isTransient(await thrownBy(db.transaction((other) => other.run(NO_WAIT)))));
  });
});

Deno.test("isTransient() accepts a server that refuses connections, but no closed pool", async () => {
  const listener = Deno.listen({ hostname: "127.0.0.1", port: 0 });
  const { port } = listener.addr;
  listener.close();
  const connection = { host: "127.0.0.1", port, user: "postgres", database: "postgres" };
  const db = openDatabase({ connection, size: 1, embedded: false, onError: assert.fail });
  const refused = await thrownBy(db.run(PING));
  assert.ok(refused instanceof DatabaseConnectionError, String(refused));
  assert.match(refused.message, /ECONNREFUSED/);
  assert.ok(isTransient(refused));
  await db.close();
  assert.ok(!isTransient(await thrownBy(db.run(PING))));
});

onPostgres("isTransient() accepts a server that refuses the login", async ({ url }) => {
  const login = new URL(url);
  login.username = "nobody_of_this_name";
  const connection = { connectionString: login.href };
  const db = openDatabase({ connection, size: 1, embedded: false, onError: assert.fail });
  const refused = await thrownBy(db.run(PING));
  await db.close();
  assert.match(String(refused), /nobody_of_this_name/);
  assert.ok(isTransient(refused));
});

onPostgres("isTransient() and endsConnection() accept the error of a standby", async ({ db }) => {
  const readOnly = await thrownBy(db.transaction(async (tx) => {
    await tx.run(READ_ONLY);
    await tx.run(CREATE);
  }));
  assert.match(String(readOnly), /read-only transaction/);
  assert.ok(isTransient(readOnly));
  assert.ok(endsConnection(readOnly));
});

onEveryDatabase("isTransient() accepts a serialization failure", async ({ db }) => {
  assert.ok(isTransient(await thrownBy(db.run(SERIALIZATION))));
});

onEveryDatabase(
  "isTransient() refuses faults of the statement, its data and the program",
  async ({ db }) => {
    const circular: Record<string, unknown> = {};
    circular.self = circular;
    const works = [
      () => db.run(NO_COLUMN),
      () => db.run(NO_DATE),
      () => db.run(PING_WITH, circular),
    ];
    for (const work of works) {
      const error = await thrownBy(work());
      assert.ok(!isTransient(error), String(error));
    }
    assert.ok(!isTransient(new TypeError("undefined is not a function")));
    assert.ok(!isTransient(undefined));
  },
);
