import assert from "node:assert/strict";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import { audiencesById, getAudience } from "../../../src/domain/audiences/find.ts";
import { listAudiences, listRecipients } from "../../../src/domain/audiences/list.ts";
import { NotFoundError } from "../../../src/domain/errors.ts";
import { importRows, openAudiences } from "../../support/audiences.ts";
import { onEveryDatabase } from "../../support/database.ts";

onEveryDatabase(
  "getAudience() returns a MEMBER its own audiences, an ADMIN those of the organization",
  async ({ db }) => {
    const { services, member, colleague, admin, stranger, begin } = await openAudiences(db);
    const id = await begin();
    for (const caller of [member, admin]) {
      assert.equal((await getAudience(services, caller, id)).name, "July");
      assert.equal((await listAudiences(services, caller, null, {})).edges.length, 1);
    }
    for (const caller of [colleague, stranger]) {
      await assert.rejects(getAudience(services, caller, id), NotFoundError);
      assert.deepEqual(await audiencesById(services, caller, [id]), []);
      assert.deepEqual((await listAudiences(services, caller, null, {})).edges, []);
    }
  },
);

onEveryDatabase("listAudiences() returns newest first and searches names", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  for (const name of ["Spring", "Summer 50%", "Summer_2"]) await begin(name);
  const names = async (search: string | null, first = 50, after?: string) => {
    const { edges, pageInfo } = await listAudiences(services, member, search, { first, after });
    return { names: edges.map(({ node }) => node.name), cursor: pageInfo.endCursor ?? undefined };
  };
  const first = await names(null, 2);
  assert.deepEqual(first.names, ["Summer_2", "Summer 50%"]);
  assert.deepEqual((await names(null, 2, first.cursor)).names, ["Spring"]);
  assert.deepEqual((await names("SUMMER")).names, ["Summer_2", "Summer 50%"]);
  assert.deepEqual((await names("0%")).names, ["Summer 50%"]);
  assert.deepEqual((await names("_")).names, ["Summer_2"]);
  assert.deepEqual((await names("\0spring")).names, ["Spring"]);
});

onEveryDatabase(
  "listRecipients() returns recipients in the order of the file and searches address and name",
  async ({ db }) => {
    const { services, member, begin } = await openAudiences(db);
    const id = await begin();
    await addRecipients(services, member, id, [
      ...importRows(0, 5),
      { line: 9, recipient: { address: "zoe@x.de", name: "Zoë User4" } },
    ], 0);
    const audience = await getAudience(services, member, id);
    const page = async (search: string | null, first: number, after?: string) => {
      const { edges, pageInfo } = await listRecipients(services, audience, search, {
        first,
        after,
      });
      return { found: edges.map(({ node }) => node.address), end: pageInfo.endCursor ?? undefined };
    };
    const first = await page(null, 4);
    assert.deepEqual(first.found, [0, 1, 2, 3].map((i) => `User${i}@example.com`));
    assert.deepEqual((await page(null, 4, first.end)).found, ["User4@example.com", "zoe@x.de"]);
    assert.deepEqual((await page("user4", 4)).found, ["User4@example.com", "zoe@x.de"]);
    assert.deepEqual((await page("ZOË", 4)).found, ["zoe@x.de"]);
  },
);
