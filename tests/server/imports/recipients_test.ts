import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import type { Audience } from "../../../src/domain/audiences/audience.ts";
import { listAudiences, listRecipients } from "../../../src/domain/audiences/list.ts";
import { getAudience } from "../../../src/domain/audiences/find.ts";
import { fromTypeId } from "../../../src/domain/id.ts";
import type { TestOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import {
  type Answer,
  CSV,
  encoder,
  NDJSON,
  openImports,
  rowsOf,
  streamOf,
} from "../../support/uploads.ts";

const LEFT = statement<[], { n: number }>(
  "test.left",
  "select (select count(*) from audiences) + (select count(*) from audience_recipients) as n",
);

async function audienceOf(
  { services, organization }: {
    services: Parameters<typeof getAudience>[0];
    organization: TestOrganization;
  },
  { audienceId }: Answer,
): Promise<Audience> {
  return await getAudience(services, organization.member, fromTypeId("audience", audienceId));
}

onEveryDatabase(
  "importRecipients() imports valid rows, and counts duplicate and invalid ones",
  async ({ db }) => {
    const { services, organization, csv } = await openImports(db);
    const { status, answer } = await csv(
      [
        "email,name,city",
        "ann@example.com,Ann,Köln",
        "bob@example.com,Bob,Rome,Italy",
        "ANN@Example.com,Other,Rome",
        "not an address,Cat,Rome",
        '"dan@example.com","Dan\nBcc: x@example.com",Rome',
        "eve@example.com,,",
      ].join("\n"),
    );
    assert.equal(status, 201);
    assert.deepEqual({ ...answer, audienceId: null }, {
      audienceId: null,
      taken: 2,
      collapsed: 1,
      refused: 3,
      refusedRows: [
        { line: 3, reason: "has 4 field(s), but the header has 3" },
        { line: 5, reason: 'address is not an email address: "not an address"' },
        { line: 6, reason: "name must not contain line ends or NUL characters" },
      ],
    });
    const audience = await audienceOf({ services, organization }, answer);
    const { name, recipientCount, variableNames, importStatus, userId } = audience;
    assert.deepEqual(
      { name, recipientCount, variableNames, importStatus, userId },
      {
        name: "July",
        recipientCount: 2,
        variableNames: ["city"],
        importStatus: "FINISHED",
        userId: "max",
      },
    );
    const page = await listRecipients(services, audience, null, {});
    assert.deepEqual(page.edges.map(({ node }) => node), [
      { address: "ann@example.com", name: "Ann", variables: { city: "Köln" } },
      { address: "eve@example.com", name: null, variables: { city: "" } },
    ]);
  },
);

onEveryDatabase("importRecipients() reads NDJSON", async ({ db }) => {
  const { services, organization, send } = await openImports(db);
  const lines = [
    '{"address":"ann@example.com","name":"Ann","variables":{"orders":[1,{"no":"ü"}]}}',
    "",
    '{"address":"bob@example.com","name":null}\r',
    '{"adress":"cat@example.com"}',
    "[]",
    "nonsense",
    `{"address":"dan@example.com","variables":{"x":"${"y".repeat(70_000)}"}}`,
    '{"address":"eve@example.com","variables":{"a b":1,"c":"\\ud800"}}',
    '{"address":"fay@example.com","variables":{"age":7}}',
  ];
  const { status, answer } = await send(streamOf(lines.map((line) => `${line}\n`)), NDJSON);
  assert.equal(status, 201);
  assert.equal(answer.taken, 3);
  assert.deepEqual(answer.refusedRows, [
    { line: 4, reason: 'address is missing; has the unknown field "adress"' },
    { line: 5, reason: "is not a JSON object" },
    { line: 6, reason: "is not JSON" },
    { line: 7, reason: "variables is larger than 16384 bytes of JSON" },
    {
      line: 8,
      reason: "variables contains a NUL character or a lone surrogate; " +
        "variables.a b has a name that templates cannot use; use letters, digits, _ and -",
    },
  ]);
  const audience = await audienceOf({ services, organization }, answer);
  assert.deepEqual([...audience.variableNames].sort(), ["age", "orders"]);
  const { edges } = await listRecipients(services, audience, "ANN@", {});
  assert.deepEqual(edges[0]?.node.variables, { orders: [1, { no: "ü" }] });
});

onEveryDatabase(
  "importRecipients() numbers recipients of many chunks without gaps",
  async ({ db }) => {
    const { services, organization, csv } = await openImports(db);
    const file = [
      "email,name,code\n",
      ...rowsOf(0, 3_500),
      // Duplicates, from earlier chunks and from the same one.
      ...rowsOf(1_000, 2_000),
      ...rowsOf(3_500, 4_200),
      ...rowsOf(4_000, 4_100),
    ];
    const { answer } = await csv(streamOf(file));
    assert.equal(answer.taken, 4_200);
    assert.equal(answer.collapsed, 1_100);
    const audience = await audienceOf({ services, organization }, answer);
    assert.equal(audience.bytesRead, file.join("").length);
    const numbers = statement<[id: string], { count: number; min: number; max: number }>(
      "test.numbers",
      "select count(*), min(n), max(n) from audience_recipients where audience_id = $1",
    );
    assert.deepEqual(await db.run(numbers, audience.id), [{ count: 4_200, min: 1, max: 4_200 }]);
  },
);

onEveryDatabase(
  "importRecipients() reads no more than a few chunks ahead of the database",
  async ({ db }) => {
    const { services, organization, csv } = await openImports(db);
    const counts: number[] = [];
    let pulled = 0;
    const body = ReadableStream.from(async function* () {
      yield encoder.encode("email,name,code\n");
      for (; pulled < 20; pulled++) {
        const [audience] = (await listAudiences(services, organization.admin, null, {})).edges;
        counts.push(audience?.node.taken ?? 0);
        yield encoder.encode([...rowsOf(pulled * 1_000, (pulled + 1) * 1_000)].join(""));
      }
    }());
    const { answer } = await csv(body);
    assert.equal(answer.taken, 20_000);
    // One chunk is being written, one is being filled, and the streams buffer some more.
    counts.forEach((n, chunk) => assert(chunk * 1_000 - n <= 6_000, `${n} at ${chunk}`));
  },
);

onEveryDatabase(
  "importRecipients() creates no audience for a file without recipients",
  async ({ db }) => {
    const { csv, send } = await openImports(db);
    const refused = async (
      answer: Promise<{ status: number; answer: Answer }>,
      ...paths: string[]
    ) => {
      const { status, answer: { errors } } = await answer;
      assert.equal(status, 400);
      const issues = errors[0]?.extensions.issues ?? [];
      assert.deepEqual(issues.map(({ path }) => path.join(".")), paths);
    };
    await refused(csv(""), "header");
    await refused(csv("name,city\nAnn,Rome\n"), "header");
    await refused(csv("email,name\n"), "rows");
    await refused(csv("email\nnobody\n\nnowhere\n"), "rows.2", "rows.4");
    await refused(send("\n\n", NDJSON), "rows");
    await refused(send("email\na@x.de\n", NDJSON), "rows.1", "rows.2");
    await refused(send("not gzip at all", { ...CSV, "content-encoding": "gzip" }), "body");
    await refused(send("email\na@x.de\n", CSV, "?name="), "name");
    await refused(send("email\na@x.de\n", CSV, "?name=a%0Ab"), "name");
    assert.deepEqual(await db.run(LEFT), [{ n: 0 }]);
  },
);

onEveryDatabase("importRecipients() reads gzip and declared character sets", async ({ db }) => {
  const { services, organization, send } = await openImports(db);
  const file = streamOf(
    ["email;name;code\n", ...rowsOf(0, 500)].map((r) => r.replaceAll(",", ";")),
  );
  const zipped = file.pipeThrough(new CompressionStream("gzip"));
  const { answer } = await send(zipped, { ...CSV, "content-encoding": "gzip" });
  assert.equal(answer.taken, 500);

  const latin1 = Uint8Array.from("email;name\na@x.de;Jörg\n", (letter) => letter.charCodeAt(0));
  const body = () => ReadableStream.from([latin1]);
  const declared = await send(body(), { "content-type": "text/csv; charset=ISO-8859-1" });
  const audience = await audienceOf({ services, organization }, declared.answer);
  const { edges } = await listRecipients(services, audience, "jörg", {});
  assert.equal(edges[0]?.node.name, "Jörg");
});

onEveryDatabase("importRecipients() answers 415 for unsupported files", async ({ db }) => {
  const { send } = await openImports(db);
  for (
    const headers of [
      { "content-type": "application/json" },
      { "content-type": "application/x-www-form-urlencoded" },
      { "content-type": "text/csv; charset=klingon" },
      { ...CSV, "content-encoding": "br" },
    ]
  ) {
    const { status, answer } = await send("email\na@x.de\n", headers);
    assert.equal(status, 415, JSON.stringify(headers));
    assert.equal(answer.errors[0]?.extensions.code, "UNSUPPORTED_MEDIA_TYPE");
  }
  assert.deepEqual(await db.run(LEFT), [{ n: 0 }]);
});

onEveryDatabase("importRecipients() stores 1,000 refused rows and counts all", async ({ db }) => {
  const { services, organization, csv } = await openImports(db);
  const bad = Array.from({ length: 1_700 }, (_, i) => `nobody${i},,\n`);
  const { answer } = await csv(streamOf(["email,name,code\n", ...bad, ...rowsOf(0, 1)]));
  assert.equal(answer.refused, 1_700);
  assert.equal(answer.refusedRows.length, 100);
  const { id } = await audienceOf({ services, organization }, answer);
  const ROWS = statement<[id: string], { count: number; last: number }>(
    "test.kept",
    "select count(*), max(line) as last from audience_refused_rows where audience_id = $1",
  );
  assert.deepEqual(await db.run(ROWS, id), [{ count: 1_000, last: 1_001 }]);
});
