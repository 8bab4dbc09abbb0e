import assert from "node:assert/strict";
import type { Database } from "../../../src/db/database.ts";
import { listContacts } from "../../../src/domain/contacts/list.ts";
import { createBus } from "../../../src/events/bus.ts";
import { importContacts } from "../../../src/server/imports/contacts.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { CSV, NDJSON, rowsOf, streamOf } from "../../support/uploads.ts";

async function open(db: Database) {
  const services = { db, bus: createBus() };
  const { admin, member } = await createOrganization(db);
  const send = async (
    body: BodyInit,
    { query = "", headers = CSV, caller = admin }: {
      readonly query?: string;
      readonly headers?: Record<string, string>;
      readonly caller?: typeof admin;
    } = {},
  ) => {
    const url = `http://localhost/import/contacts${query}`;
    const request = new Request(url, { method: "POST", headers, body });
    const response = await importContacts(services, request, caller);
    return { status: response.status, answer: await response.json() };
  };
  const list = async () => {
    const { edges } = await listContacts(services, admin, {}, { first: 200 });
    return edges.map(({ node: { email, psid, name, vip, variables } }) =>
      [email, psid, name, vip, JSON.stringify(variables)].join(" ")
    ).sort();
  };
  return { services, admin, member, send, list };
}

onEveryDatabase("importContacts() reads fields and variables from CSV, and repeats nothing", async (
  { db },
) => {
  const { send, list } = await open(db);
  const file = [
    "E-Mail;Name;PSID;Vip;Plan Name",
    "Ada@Example.com;Ada;100;yes;pro",
    "max@example.com;;;;free",
    "MAX@example.com;Max;;no;",
    "nobody;;;;",
    "kim@example.com;;;perhaps;",
    "eve@example.com;;abc;;",
  ].join("\n");
  const refusedRows = [
    { line: 5, reason: 'email is not an email address: "nobody"' },
    { line: 6, reason: 'vip must be true or false, not "perhaps"' },
    { line: 7, reason: 'psid is not a page-scoped id of up to 32 digits: "abc"' },
  ];
  const { status, answer } = await send(file);
  assert.equal(status, 200, JSON.stringify(answer));
  assert.deepEqual(answer, { added: 2, updated: 1, refused: 3, refusedRows });
  const again = await send(file);
  assert.deepEqual(again.answer, { added: 0, updated: 3, refused: 3, refusedRows });
  assert.deepEqual(await list(), [
    'Ada@Example.com 100 Ada true {"plan_name":"pro"}',
    'max@example.com  Max false {"plan_name":""}',
  ]);
});

onEveryDatabase("importContacts() reads NDJSON and files of page-scoped ids", async ({ db }) => {
  const { send, list } = await open(db);
  const json = [
    { email: "ada@example.com", vip: true, variables: { seats: 3 } },
    { psid: "246", name: "Max" },
    { address: "kim@example.com" },
    { email: "eve@example.com", vip: "yes" },
  ].map((row) => JSON.stringify(row)).join("\n");
  const { answer } = await send(json, { headers: NDJSON });
  assert.deepEqual([answer.added, answer.refused], [2, 2]);
  assert.match(answer.refusedRows[0].reason, /unknown field "address"/);
  assert.match(answer.refusedRows[1].reason, /vip is neither true nor false/);
  const psids = { query: "?channel=MESSENGER&columns=email:Mail" };
  const ids = await send("psid,name,Mail\n247,Cleo,cleo@example.com\n246,Maxi,\n", psids);
  assert.deepEqual(ids.answer, { added: 1, updated: 1, refused: 0, refusedRows: [] });
  assert.deepEqual(await list(), [
    " 246 Maxi false {}",
    'ada@example.com   true {"seats":3}',
    "cleo@example.com 247 Cleo false {}",
  ]);
});

onEveryDatabase(
  "importContacts() refuses invalid files with a reason, and adds nothing",
  async ({ db }) => {
    const { send, list, member } = await open(db);
    const file = "email\nada@example.com\n";
    for (
      const [body, options, status, reason] of [
        [file, { caller: member }, 403, /import contacts/],
        [file, { query: "?greet=1" }, 400, /greet: is not a known parameter; use channel/],
        [file, { query: "?welcome=1" }, 400, /welcome: must be true or false/],
        [file, { query: "?received=news" }, 400, /received: is neither id nor type of a campaign/],
        ["email\n", {}, 400, /rows: are missing: the file has no rows/],
        ["email\nx\n", {}, 400, /rows.2: email is not an email address/],
        [file, { headers: { "content-type": "application/json" } }, 415, /Cannot import/],
      ] as const
    ) {
      const { status: actual, answer } = await send(body, options);
      assert.equal(actual, status, answer.errors?.[0].message);
      assert.match(answer.errors[0].message, reason);
    }
    assert.deepEqual(await list(), []);
  },
);

onEveryDatabase(
  "importContacts() keeps what an interrupted upload has added, and adds the rest when it is repeated",
  async ({ db }) => {
    const { send, services, admin } = await open(db);
    const rows = ["email,name,code\n", ...rowsOf(0, 2_500)];
    const interrupted = await send(streamOf(rows, true));
    assert.equal(interrupted.status, 400);
    assert.match(interrupted.answer.errors[0].message, /send the file again/);
    const { answer } = await send(rows.join(""));
    assert.equal(answer.added + answer.updated, 2_500);
    assert.ok(answer.updated >= 1_000);
    const { totalCount } = await listContacts(services, admin, {}, {});
    assert.equal(await totalCount(), 2_500);
  },
);
