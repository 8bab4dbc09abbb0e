import assert from "node:assert/strict";
import type { Database } from "../../../src/db/database.ts";
import { listSuppressions } from "../../../src/domain/suppressions/list.ts";
import { createBus } from "../../../src/events/bus.ts";
import { importSuppressions } from "../../../src/server/imports/suppressions.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { CSV, encoder, NDJSON, streamOf } from "../../support/uploads.ts";

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
    const url = `http://localhost/import/suppressions${query}`;
    const request = new Request(url, { method: "POST", headers, body });
    const response = await importSuppressions(services, request, caller);
    return { status: response.status, answer: await response.json() };
  };
  const list = async () => {
    const { edges } = await listSuppressions(services, admin, {}, { first: 200 });
    return edges.map(({ node }) => `${node.channel} ${node.address} ${node.reason}`).sort();
  };
  return { send, list, member };
}

onEveryDatabase(
  "importSuppressions() adds each address once per reason, and counts refused rows",
  async ({ db }) => {
    const { send, list } = await open(db);
    const file = [
      "Email;Reason;created",
      "Ada@Example.com;hard_bounce;2026",
      "max@example.com;Spam report;",
      "eve@example.com;unsubscribed",
      "ADA@example.com;BOUNCED;",
      "ada@example.com;Manual suppression;",
      "nobody;BOUNCED;",
      "kim@example.com;moved away;",
      "kim@example.com;;",
    ].join("\r\n");
    const { status, answer } = await send(file);
    assert.equal(status, 200);
    const refusedRows = [
      { line: 7, reason: 'address is not an email address: "nobody"' },
      {
        line: 8,
        reason:
          'reason must be one of BOUNCED, COMPLAINED, REFUSED, UNSUBSCRIBED, MANUAL, not "moved away"',
      },
      {
        line: 9,
        reason: "reason is missing; add it, or give one reason for all rows: ?reason=UNSUBSCRIBED",
      },
    ];
    assert.deepEqual(answer, { added: 4, alreadyListed: 1, refused: 3, refusedRows });
    const again = await send(file);
    assert.deepEqual(again.answer, { added: 0, alreadyListed: 5, refused: 3, refusedRows });
    assert.deepEqual(await list(), [
      "EMAIL ada@example.com BOUNCED",
      "EMAIL ada@example.com MANUAL",
      "EMAIL eve@example.com UNSUBSCRIBED",
      "EMAIL max@example.com COMPLAINED",
    ]);
  },
);

onEveryDatabase("importSuppressions() takes one reason for all rows", async ({ db }) => {
  const { send, list } = await open(db);
  const query = "?reason=UNSUBSCRIBED";
  assert.equal((await send("ada@example.com\nmax@example.com\n", { query })).status, 200);
  const smtp = "email,reason\neve@example.com,550 5.1.1 no such user\n";
  assert.equal((await send(smtp, { query: "?reason=BOUNCED" })).status, 200);
  const psids = { query: "?reason=MANUAL&channel=MESSENGER&columns=address:Page id" };
  assert.equal((await send("Page id,x\n246,1\n", psids)).status, 200);
  const json = '{"email":"kim@example.com","id":7}\n{"address":"jo@example.com","reason":"x"}\n';
  assert.equal((await send(json, { query, headers: NDJSON })).status, 200);
  assert.deepEqual(await list(), [
    "EMAIL ada@example.com UNSUBSCRIBED",
    "EMAIL eve@example.com BOUNCED",
    "EMAIL jo@example.com UNSUBSCRIBED",
    "EMAIL kim@example.com UNSUBSCRIBED",
    "EMAIL max@example.com UNSUBSCRIBED",
    "MESSENGER 246 MANUAL",
  ]);
});

onEveryDatabase(
  "importSuppressions() refuses invalid files with a reason, and adds nothing",
  async ({ db }) => {
    const { send, list, member } = await open(db);
    const file = "email,status\nada@example.com,x\n";
    for (
      const [body, options, status, reason] of [
        [file, { caller: member }, 403, /import suppressions/],
        [file, {}, 400, /header: has no column "reason"; found "email", "status".*\?reason=/],
        [file, { query: "?reason=bored" }, 400, /reason: must be BOUNCED or .*, not "bored"/],
        [file, { query: "?name=x" }, 400, /name: is not a known parameter; use channel, reason/],
        ["email\n", { query: "?reason=MANUAL" }, 400, /rows: are missing: the file has no rows/],
        ["email\nx\n", { query: "?reason=MANUAL" }, 400, /rows.2: address is not an email address/],
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
  "importSuppressions() keeps what an interrupted upload has added, and reports 100 refused rows",
  async ({ db }) => {
    const { send, list } = await open(db);
    const query = "?reason=MANUAL";
    const rows = Array.from({ length: 2_100 }, (_, i) => `user${i}@example.com\n`);
    const interrupted = await send(streamOf(["email\n", ...rows], true), { query });
    assert.equal(interrupted.status, 400);
    assert.match(interrupted.answer.errors[0].message, /send the file again/);
    assert.equal((await list()).length, 200);
    const bad = Array.from({ length: 1_200 }, (_, i) => `user${i}\n`);
    const whole = encoder.encode(["email\n", ...rows, ...bad].join(""));
    const { answer } = await send(whole, { query });
    assert.deepEqual([answer.added + answer.alreadyListed, answer.refused], [2_100, 1_200]);
    assert.ok(answer.alreadyListed >= 1_000);
    assert.equal(answer.refusedRows.length, 100);
  },
);
