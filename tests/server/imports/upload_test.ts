import assert from "node:assert/strict";
import { listRecipients } from "../../../src/domain/audiences/list.ts";
import { audiencesById } from "../../../src/domain/audiences/find.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { fromTypeId } from "../../../src/domain/id.ts";
import { createBus } from "../../../src/events/bus.ts";
import { handleImport } from "../../../src/server/imports/import.ts";
import { openUpload } from "../../../src/server/imports/upload.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";

function csvRequest(query: string, body = "email\nada@example.com\n"): Request {
  const headers = { "content-type": "text/csv" };
  return new Request(`http://localhost/import/recipients${query}`, {
    method: "POST",
    headers,
    body,
  });
}

Deno.test("openUpload() defaults to the channel EMAIL", () => {
  assert.equal(openUpload(csvRequest("")).channel, "EMAIL");
  assert.equal(openUpload(csvRequest("?channel=MESSENGER&name=July")).channel, "MESSENGER");
});

Deno.test("openUpload() refuses unknown channels", () => {
  for (const channel of ["", "messenger", "FAX"]) {
    assert.throws(() => openUpload(csvRequest(`?channel=${channel}`)), (error) => {
      assert(error instanceof InvalidInputError);
      assert.deepEqual(error.issues.map(({ path, code }) => [...path, code]), [
        ["channel", "MALFORMED"],
      ]);
      return true;
    });
  }
});

onEveryDatabase("handleImport() imports page-scoped ids for Messenger", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { member } = await createOrganization(db);
  const psids = ["24601234567890123", " 24601234567890123 ", "ada@example.com", "0123"];
  const request = csvRequest("?channel=MESSENGER", ["psid", ...psids].join("\n"));
  const response = await handleImport(services, request, member);
  const { audienceId, ...counts } = await response.json();
  assert.deepEqual(counts, {
    taken: 2,
    collapsed: 1,
    refused: 1,
    refusedRows: [{
      line: 4,
      reason: 'address is not a page-scoped id of up to 32 digits: "ada@example.com"',
    }],
  });
  const id = fromTypeId("audience", audienceId);
  const [audience] = await audiencesById(services, member, [id]);
  assert(audience);
  assert.equal(audience.channel, "MESSENGER");
  const { edges } = await listRecipients(services, audience, null, {});
  assert.deepEqual(edges.map(({ node }) => node.address), ["24601234567890123", "0123"]);
  await services.bus.close();
});
