// PgBouncer in front of the database: works with DATABASE_DIRECT_URL, and is refused in words without it.
import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import { openRemoteDatabase } from "../../src/db/remote.ts";
import { statement } from "../../src/db/database.ts";
import { testDatabase } from "../support/database.ts";
import { people } from "../support/messages.ts";
import { startPgBouncer, withPgBouncer } from "../support/pgbouncer.ts";
import { request, runProgram, startProgram, startWorkerProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";

const KEY = "key-of-this-test";
const PEOPLE = 300;

const SEND = `mutation ($list: [RecipientInput!]) {
  sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
    ... on SendMessagePayload { message { id } } ... on Error { reason }
  }
}`;
const WATCH = `subscription ($id: ID!) {
  messageUpdated(id: $id, untilFinished: true) { status stats { sent } }
}`;

withPgBouncer("a message of 300 is sent through PgBouncer, with live progress", async ({ url }) => {
  await using pooler = await startPgBouncer(url, { default_pool_size: "3" });
  const mail = await startSmtpServer();
  const settings = {
    DATABASE_URL: pooler.url,
    DATABASE_DIRECT_URL: url,
    SMTP_URLS: mail.url,
    ADMIN_API_KEY: KEY,
  };
  const server = await startProgram(settings, ["--no-worker"]);
  const worker = startWorkerProgram(settings);
  const client = createClient({
    url: `${server.address.replace("http", "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${KEY}` },
  });
  const list = people(PEOPLE).map(({ address }) => ({ address }));
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    server,
    SEND,
    { list },
  );
  const { id } = sendMessage.message;
  const updates: unknown[] = [];
  for await (const { data } of client.iterate({ query: WATCH, variables: { id } })) {
    updates.push(data?.messageUpdated);
  }
  assert.ok(updates.length > 2, `only ${updates.length} updates arrived`);
  assert.deepEqual(updates.at(-1), { status: "SENT", stats: { sent: PEOPLE } });
  assert.equal(mail.received.length, PEOPLE);
  await client.dispose();
  assert.deepEqual(await Promise.all([worker.stop(), server.stop()]), [0, 0]);
  await mail.close();
});

const SESSION = statement<[], { zone: string; statement: string; idle: string }>(
  "test.session",
  `select current_setting('TimeZone') as zone, current_setting('statement_timeout') as statement,
     current_setting('idle_in_transaction_session_timeout') as idle`,
);

withPgBouncer("transactions through PgBouncer have the settings they need", async ({ url }) => {
  await using pooler = await startPgBouncer(url, { default_pool_size: "2" });
  const db = await openRemoteDatabase({ url: pooler.url, directUrl: url, size: 5, onError: fail });
  const sessions = await Promise.all(
    Array.from({ length: 10 }, () => db.transaction((tx) => tx.run(SESSION))),
  );
  const expected = { zone: "UTC", statement: "9s", idle: "10s" };
  for (const [session] of sessions) assert.deepEqual(session, expected);
  await db.close();
});

const IGNORED = { ignore_startup_parameters: "options" };

for (const settings of [{}, IGNORED]) {
  const mode = settings === IGNORED
    ? "that ignores startup options"
    : "that refuses startup options";
  withPgBouncer(`a PgBouncer ${mode} needs DATABASE_DIRECT_URL`, async ({ url }) => {
    await using pooler = await startPgBouncer(url, settings);
    const { code, errors } = await runProgram(["migrate"], { DATABASE_URL: pooler.url });
    assert.equal(code, 1);
    assert.match(errors, /is a connection pooler; keep DATABASE_URL, and set DATABASE_DIRECT_URL/);
    const options = { url: pooler.url, directUrl: pooler.url, size: 1, onError: fail };
    await assert.rejects(openRemoteDatabase(options), /set DATABASE_DIRECT_URL to the PostgreSQL/);
  });
}

withPgBouncer("DATABASE_DIRECT_URL must lead to the same database", async ({ url }) => {
  await using pooler = await startPgBouncer(url);
  const other = await testDatabase();
  const options = { url: pooler.url, directUrl: other.url, size: 1, onError: fail };
  await assert.rejects(openRemoteDatabase(options), /leads to another database/);
  await other.close();
});

withPgBouncer("a PgBouncer in statement mode is refused", async ({ url }) => {
  await using pooler = await startPgBouncer(url, { pool_mode: "statement" });
  const options = { url: pooler.url, directUrl: url, size: 1, onError: fail };
  await assert.rejects(
    openRemoteDatabase(options),
    /Cannot use the database .*transaction.*statement/,
  );
});

function fail(error: Error): never {
  throw error;
}
