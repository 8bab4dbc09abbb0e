import assert from "node:assert/strict";
import { getAudience } from "../../../src/domain/audiences/find.ts";
import { failStaleImports } from "../../../src/domain/audiences/import.ts";
import { listAudiences, listRecipients } from "../../../src/domain/audiences/list.ts";
import { fromTypeId } from "../../../src/domain/id.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { CSV, encoder, openImports, rowsOf, streamOf } from "../../support/uploads.ts";

onEveryDatabase(
  "importRecipients() keeps part of an interrupted upload by keep=partial",
  async ({ db }) => {
    const { services, organization, csv, send } = await openImports(db);
    const file = () => streamOf(["email,name,code\n", ...rowsOf(0, 2_500)], true);
    assert.equal((await csv(file())).status, 400);
    assert.equal((await listAudiences(services, organization.member, null, {})).edges.length, 0);
    const { status, answer } = await send(file(), CSV, "?keep=partial");
    assert.equal(status, 400);
    assert.equal(answer.errors[0]?.extensions.code, "BROKEN_OFF");
    const [edge] = (await listAudiences(services, organization.member, null, {})).edges;
    assert.equal(edge?.node.importStatus, "FAILED");
    assert.equal(edge?.node.taken, 2_000);
  },
);

onEveryDatabase(
  "importRecipients() answers 409 when its import was ended as stale",
  async ({ db }) => {
    const { services, organization, csv } = await openImports(db);
    const file = ReadableStream.from(async function* () {
      yield encoder.encode("email,name,code\n");
      yield encoder.encode([...rowsOf(0, 1_000)].join(""));
      // Repeats until the import exists.
      while (await failStaleImports(services, -1_000) === 0) yield encoder.encode("\n");
      yield encoder.encode([...rowsOf(1_000, 3_000)].join(""));
    }());
    const { status, answer } = await csv(file);
    assert.equal(status, 409);
    assert.equal(answer.errors[0]?.extensions.code, "CONFLICT");
    assert.deepEqual((await listAudiences(services, organization.member, null, {})).edges, []);
  },
);

onEveryDatabase("importRecipients() appends to an audience", async ({ db }) => {
  const { services, organization: { member }, csv, send } = await openImports(db);
  const { answer: { audienceId } } = await csv("email,name\nann@example.com,Ann\n");
  const append = (body: Parameters<typeof csv>[0], more = "") =>
    send(body, CSV, `?audienceId=${audienceId}${more}`);
  const { status, answer } = await append(
    "email,city\nANN@example.com,Rome\nbob@example.com,Bonn\nx,\n",
  );
  assert.equal(status, 200);
  assert.deepEqual(answer, {
    audienceId,
    taken: 1,
    collapsed: 1,
    refused: 1,
    refusedRows: [{ line: 4, reason: 'address is not an email address: "x"' }],
  });
  const id = fromTypeId("audience", audienceId);
  const addresses = async () => {
    const audience = await getAudience(services, member, id);
    const { edges } = await listRecipients(services, audience, null, {});
    return edges.map(({ node }) => node.address);
  };
  const before = ["ann@example.com", "bob@example.com"];
  assert.deepEqual(await addresses(), before);

  const interrupted = await append(streamOf(["email,name,code\n", ...rowsOf(0, 2_500)], true));
  assert.equal(interrupted.status, 400);
  assert.deepEqual(await addresses(), before);
  const audience = await getAudience(services, member, id);
  assert.deepEqual([audience.importStatus, audience.variableNames], ["FAILED", ["city"]]);
});

onEveryDatabase("importRecipients() refuses invalid parameters with a reason", async ({ db }) => {
  const { organization: { member, colleague }, csv, send } = await openImports(db);
  const { answer: { audienceId } } = await csv("email\nann@example.com\n");
  const other = audienceId.replace(/.$/, (letter) => letter === "0" ? "1" : "0");
  for (
    const [query, status, reason] of [
      [`?audienceId=${audienceId}&name=July`, 400, /name: cannot be combined with audienceId/],
      [`?audienceId=${audienceId}&channel=EMAIL`, 400, /channel: cannot be combined/],
      [`?audienceId=${other}`, 404, new RegExp(other)],
      ["?audienceId=msg_01h455vb4pex5vsknk084sn02q", 400, /audienceId/],
      ["?keep=all", 400, /keep: must be partial, not "all"/],
      ["?audience=x", 400, /audience: is not a known parameter; use name, channel, keep/],
    ] as const
  ) {
    const { status: actual, answer } = await send("email\nbob@example.com\n", CSV, query);
    assert.equal(actual, status, query);
    assert.match(answer.errors[0]?.message ?? "", reason);
  }
  assert.notEqual(member.userId, colleague.userId);
  const foreign = await send(
    "email\nbob@example.com\n",
    CSV,
    `?audienceId=${audienceId}`,
    colleague,
  );
  assert.equal(foreign.status, 404);
});
