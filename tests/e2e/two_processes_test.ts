import assert from "node:assert/strict";
import { createClient } from "graphql-ws";
import { onPostgres } from "../support/database.ts";
import { request, startProgram, startWorkerProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";

const KEY = "key-of-this-test";
const PEOPLE = 300;

const SEND = `mutation ($list: [RecipientInput!]) {
  sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
    ... on SendMessagePayload { message { id } } ... on Error { reason }
  }
}`;
const WATCH = `subscription ($id: ID!) {
  messageUpdated(id: $id) { status stats { sent failed } errorTypeCounts { errorType count } }
}`;

onPostgres("messageUpdated shows the work of another process", async ({ url }) => {
  const reject = (address: string) =>
    address.startsWith("person7@") ? "550 5.1.1 No such user" : null;
  const mail = await startSmtpServer({ reject });
  const settings = { DATABASE_URL: url, SMTP_URLS: mail.url, ADMIN_API_KEY: KEY };
  const server = await startProgram(settings, ["--no-worker"]);
  const worker = startWorkerProgram(settings);
  const client = createClient({
    url: `${server.address.replace("http", "ws")}/graphql`,
    connectionParams: { authorization: `Bearer ${KEY}` },
  });

  const list = Array.from({ length: PEOPLE }, (_, n) => ({ address: `person${n}@example.com` }));
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    server,
    SEND,
    {
      list,
    },
  );
  const { id } = sendMessage.message;
  const updates: unknown[] = [];
  for await (const { data } of client.iterate({ query: WATCH, variables: { id } })) {
    updates.push(data?.messageUpdated);
  }

  assert.ok(updates.length > 2, `only ${updates.length} updates arrived`);
  assert.deepEqual(updates.at(-1), {
    status: "PARTIALLY_SENT",
    stats: { sent: PEOPLE - 1, failed: 1 },
    errorTypeCounts: [{ errorType: "INVALID_RECIPIENT", count: 1 }],
  });
  assert.equal(mail.received.length, PEOPLE - 1);
  await client.dispose();
  assert.deepEqual(await Promise.all([worker.stop(), server.stop()]), [0, 0]);
  await mail.close();
});
