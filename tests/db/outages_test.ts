// Outages of a PostgreSQL server, as the pool reports and survives them.
import assert from "node:assert/strict";
import { openDatabase, statement } from "../../src/db/database.ts";
import { isTransient } from "../../src/db/sqlstate.ts";
import { onOwnPostgres, type OwnPostgres } from "../support/own_postgres.ts";
import { sleep } from "../support/until.ts";

const ONE = statement<[], { one: number }>("test.one", "select 1 as one");

function open({ url }: OwnPostgres) {
  const connection = { connectionString: url };
  return openDatabase({ connection, size: 2, embedded: false, onError: () => {} });
}

for (const mode of ["fast", "immediate"] as const) {
  onOwnPostgres(`run() works again after a restart (${mode})`, async (server) => {
    const db = open(server);
    assert.deepEqual(await db.run(ONE), [{ one: 1 }]);
    await server.stop(mode);
    await assert.rejects(db.run(ONE), isTransient);
    await server.start();
    assert.deepEqual(await db.run(ONE), [{ one: 1 }]);
    await db.close();
  });
}

onOwnPostgres("run() waits for a server that is frozen for a moment", async (server) => {
  const db = open(server);
  await db.run(ONE);
  await server.freeze();
  let answered = false;
  const answers = Promise.all([db.run(ONE), db.run(ONE)]).finally(() => answered = true);
  await sleep(300);
  assert.equal(answered, false);
  await server.thaw();
  assert.deepEqual(await answers, [[{ one: 1 }], [{ one: 1 }]]);
  await db.close();
});
