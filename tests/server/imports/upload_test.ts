import assert from "node:assert/strict";
import { listRecipients } from "../../../src/domain/audiences/list.ts";
import { audiencesById } from "../../../src/domain/audiences/find.ts";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import { fromTypeId } from "../../../src/domain/id.ts";
import { createBus } from "../../../src/events/bus.ts";
import { importRecipients } from "../../../src/server/imports/recipients.ts";
import { channelOf } from "../../../src/server/imports/parameters.ts";
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

Deno.test("channelOf() defaults to the channel EMAIL", () => {
  assert.equal(channelOf(new URLSearchParams()), "EMAIL");
  assert.equal(channelOf(new URLSearchParams({ channel: "MESSENGER" })), "MESSENGER");
});

Deno.test("channelOf() refuses unknown channels", () => {
  for (const channel of ["", "messenger", "FAX"]) {
    assert.throws(() => channelOf(new URLSearchParams({ channel })), (error) => {
      assert(error instanceof InvalidInputError);
      assert.deepEqual(error.issues.map(({ path, code }) => [...path, code]), [
        ["channel", "MALFORMED"],
      ]);
      return true;
    });
  }
});

onEveryDatabase("importRecipients() imports page-scoped ids for Messenger", async ({ db }) => {
  const services = { db, bus: createBus() };
  const { member } = await createOrganization(db);
  const psids = ["24601234567890123", " 24601234567890123 ", "ada@example.com", "0123"];
  const request = csvRequest("?channel=MESSENGER", ["psid", ...psids].join("\n"));
  const response = await importRecipients(services, request, member);
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
