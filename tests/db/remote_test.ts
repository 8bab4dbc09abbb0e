import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { openRemoteDatabase } from "../../src/db/remote.ts";
import { prepareStateReader } from "../../src/domain/installation/database_state.ts";
import { onPostgres } from "../support/database.ts";

const ROLE = `waybill_test_${Deno.pid}`;
const CREATE_ROLE = statement<[]>("test.createRole", `create role ${ROLE} login password 'reader'`);
const RESTRICT = statement<[]>(
  "test.restrict",
  `do $$ begin
     revoke execute on function pg_control_system from public;
     grant select on installation to ${ROLE};
   end $$`,
);
const DROP_ROLE = statement<[]>(
  "test.dropRole",
  `do $$ begin drop owned by ${ROLE}; drop role ${ROLE}; end $$`,
);

function fail(error: Error): never {
  throw error;
}

onPostgres("a user who may not read the system identifier can use the database", async (test) => {
  const url = new URL(test.url);
  [url.username, url.password] = [ROLE, "reader"];
  await test.db.run(CREATE_ROLE);
  try {
    await test.db.run(RESTRICT);
    const options = { url: url.href, directUrl: null, size: 1, onError: fail };
    const db = await openRemoteDatabase(options);
    const refused: string[] = [];
    const reader = await prepareStateReader(db, (part) => refused.push(part));
    const [state] = await db.run(reader);
    assert.deepEqual(refused, ["the system identifier"]);
    assert.equal(state?.actual.systemIdentifier, null);
    await db.close();
  } finally {
    await test.db.run(DROP_ROLE);
  }
});
