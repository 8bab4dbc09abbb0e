import assert from "node:assert/strict";
import { type Database } from "../../../src/db/database.ts";
import { getAudience } from "../../../src/domain/audiences/find.ts";
import { listRecipients } from "../../../src/domain/audiences/list.ts";
import { fromTypeId } from "../../../src/domain/id.ts";
import { createBus } from "../../../src/events/bus.ts";
import { importRecipients } from "../../../src/server/imports/recipients.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";

async function importRows(db: Database, rows: readonly string[]) {
  const { member } = await createOrganization(db);
  const services = { db, bus: createBus() };
  const request = new Request("http://localhost/import/recipients", {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: rows.join("\n"),
  });
  const response = await importRecipients(services, request, member);
  const { audienceId, refusedRows } = await response.json();
  const audience = await getAudience(services, member, fromTypeId("audience", audienceId));
  const { edges } = await listRecipients(services, audience, null, {});
  return { refusedRows, variables: edges.map(({ node }) => node.variables) };
}

onEveryDatabase(
  "importRecipients() refuses the row of a variable of 6,000 levels",
  async ({ db }) => {
    const { refusedRows, variables } = await importRows(db, [
      `{"address":"ada@example.com","variables":{"x":${"[".repeat(6_000)}${"]".repeat(6_000)}}}`,
      '{"address":"bob@example.com","variables":{"x":[[1]]}}',
    ]);
    assert.deepEqual(variables, [{ x: [[1]] }]);
    assert.deepEqual(refusedRows, [
      { line: 1, reason: "variables.x nests objects and lists more than 32 levels deep" },
    ]);
  },
);

onEveryDatabase("importRecipients() keeps the digits of long numbers in NDJSON", async ({ db }) => {
  const { variables } = await importRows(db, [
    '{"address":"ada@example.com","variables":{"id":12345678901234567890,"n":[1.50]}}',
  ]);
  assert.deepEqual(variables, [{ id: "12345678901234567890", n: [1.5] }]);
});

onEveryDatabase("importRecipients() takes email for address in NDJSON", async ({ db }) => {
  const { refusedRows, variables } = await importRows(db, [
    '{"email":"ada@example.com","variables":{"n":1}}',
    '{"email":"bob@example.com","address":"Main Street 5"}',
    '{"email":7}',
  ]);
  assert.deepEqual(variables, [{ n: 1 }]);
  assert.deepEqual(refusedRows, [
    { line: 2, reason: 'has the unknown field "email"' },
    { line: 3, reason: "address is not a string" },
  ]);
});
