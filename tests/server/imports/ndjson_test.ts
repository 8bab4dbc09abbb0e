import assert from "node:assert/strict";
import { createBus } from "../../../src/events/bus.ts";
import { handleImport } from "../../../src/server/imports/import.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";

onEveryDatabase("handleImport() refuses the row of a variable of 6,000 levels", async ({ db }) => {
  const { member } = await createOrganization(db);
  const rows = [
    `{"address":"ada@example.com","variables":{"x":${"[".repeat(6_000)}${"]".repeat(6_000)}}}`,
    '{"address":"bob@example.com","variables":{"x":[[1]]}}',
  ];
  const request = new Request("http://localhost/import/recipients", {
    method: "POST",
    headers: { "content-type": "application/x-ndjson" },
    body: rows.join("\n"),
  });
  const response = await handleImport({ db, bus: createBus() }, request, member);
  const { taken, refusedRows } = await response.json();
  assert.equal(taken, 1);
  assert.deepEqual(refusedRows, [
    { line: 1, reason: "variables.x nests objects and lists more than 32 levels deep" },
  ]);
});
