// All providers refuse the login; the password is replaced in another process than the sending one.
import assert from "node:assert/strict";
import { onPostgres } from "../support/database.ts";
import { type Program, request, startProgram, startWorkerProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const PEOPLE = 250;
const SECRET_KEY = "secret that seals credentials in this test";

interface Provider {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly lastError: { readonly type: string; readonly code: string } | null;
}

interface Message {
  readonly status: string;
  readonly pause: { readonly code: string; readonly provider: { readonly name: string } } | null;
  readonly stats: { readonly sent: number; readonly pending: number };
}

async function send(server: Program): Promise<string> {
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    server,
    `mutation ($list: [RecipientInput!]) {
      sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
        ... on SendMessagePayload { message { id } } ... on Error { reason }
      }
    }`,
    { list: Array.from({ length: PEOPLE }, (_, n) => ({ address: `person${n}@example.com` })) },
  );
  return sendMessage.message.id;
}

async function read(server: Program, id: string): Promise<Message> {
  const { message } = await request<{ message: Message }>(
    server,
    `query ($id: ID!) {
      message(id: $id) { status pause { code provider { name } } stats { sent pending } }
    }`,
    { id },
  );
  return message;
}

async function readProviders(server: Program): Promise<Provider[]> {
  const { installation } = await request<{ installation: { providers: Provider[] } }>(
    server,
    "{ installation { providers { id name state lastError { type code } } } }",
  );
  return installation.providers;
}

onPostgres(
  "updateProvider() resumes paused messages, and keeps the password after a restart",
  async ({ url }) => {
    const login = { user: "ada", password: "new" };
    const servers = [await startSmtpServer({ login }), await startSmtpServer({ login })];
    const settings = {
      DATABASE_URL: url,
      SMTP_URLS: servers.map(({ port }) => `smtp://ada:old@127.0.0.1:${port}`).join(","),
      ADMIN_API_KEY: "key-of-this-test",
      SECRET_KEY,
    };
    const server = await startProgram(settings, ["--no-worker"]);
    let worker = startWorkerProgram(settings);

    const id = await send(server);
    // Deliveries in flight are recorded shortly after the pause.
    await until("the message is PAUSED and all deliveries are pending", async () => {
      const { status, stats } = await read(server, id);
      return status === "PAUSED" && stats.pending === PEOPLE;
    });
    const { pause, stats } = await read(server, id);
    const names = servers.map(({ port }) => `127.0.0.1:${port}`);
    assert.deepEqual(pause, { code: "535 5.7.8", provider: { name: names[0] } });
    assert.deepEqual(stats, { sent: 0, pending: PEOPLE });
    const providers = await readProviders(server);
    assert.deepEqual(
      providers.map(({ name, state, lastError }) => [name, state, lastError?.type]),
      names.map((name) => [name, "OPEN", "ACCESS_TOKEN"]),
    );

    const { updateProvider } = await request<{ updateProvider: unknown }>(
      server,
      `mutation ($id: ID!) {
      updateProvider(id: $id, input: { user: "ada", password: "new" }) {
        ... on UpdateProviderPayload { provider { state } resumedMessages { id } }
        ... on Error { reason }
      }
    }`,
      { id: providers[1]?.id },
    );
    assert.deepEqual(updateProvider, { provider: { state: "CLOSED" }, resumedMessages: [{ id }] });
    await until("the message is SENT", async () => (await read(server, id)).status === "SENT");
    assert.deepEqual(servers.map(({ received }) => received.length), [0, PEOPLE]);

    assert.equal(await worker.stop(), 0);
    worker = startWorkerProgram(settings);
    const second = await send(server);
    await until(
      "the second message is SENT",
      async () => (await read(server, second)).status === "SENT",
    );
    assert.deepEqual(
      servers.map(({ received }) => received.length),
      [0, 2 * PEOPLE],
    );

    assert.deepEqual(await Promise.all([worker.stop(), server.stop()]), [0, 0]);
    for (const mail of servers) await mail.close();
  },
);
