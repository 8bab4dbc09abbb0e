// Providers fail, and work again in another process than those in which messages wait.
import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { onPostgres } from "../support/database.ts";
import { type Program, request, startProgram, startWorkerProgram } from "../support/program.ts";
import { startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const PEOPLE = 250;
const SECRET_KEY = "secret that seals credentials in this test";

const WAIT_FOR_LONG = statement<[subject: string], { id: string }>(
  "test.waitForLong",
  `update jobs set run_at = now() + interval '1 hour'
   where kind = 'SEND_BATCH' and subject = $1 and status = 'SCHEDULED'
     and wait_reason = 'PROVIDER_OPEN'
   returning id`,
);

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

async function send(server: Program, count = PEOPLE): Promise<string> {
  const { sendMessage } = await request<{ sendMessage: { message: { id: string } } }>(
    server,
    `mutation ($list: [RecipientInput!]) {
      sendMessage(input: { title: "July", to: { list: $list }, content: { subject: "News" } }) {
        ... on SendMessagePayload { message { id } } ... on Error { reason }
      }
    }`,
    { list: Array.from({ length: count }, (_, n) => ({ address: `person${n}@example.com` })) },
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

async function untilStatus(server: Program, id: string, status: string): Promise<void> {
  await until(`${id} is ${status}`, async () => (await read(server, id)).status === status, 60_000);
}

onPostgres(
  "a restart with other credentials or providers in SMTP_URLS resumes what was paused for the old ones",
  async ({ url }) => {
    const smtp = await startSmtpServer({ login: { user: "ada", password: "new" } });
    const settings = { DATABASE_URL: url, ADMIN_API_KEY: "key-of-this-test", SECRET_KEY };
    const old = { ...settings, SMTP_URLS: `smtp://ada:old@127.0.0.1:${smtp.port}` };
    const changed = { ...settings, SMTP_URLS: `smtp://ada:new@127.0.0.1:${smtp.port}` };
    let server = await startProgram(old, ["--no-worker"]);
    let worker = startWorkerProgram(old);
    const id = await send(server, 30);
    await untilStatus(server, id, "PAUSED");

    // The same credentials change nothing.
    assert.equal(await worker.stop(), 0);
    worker = startWorkerProgram(old);
    // A rolling restart: the server has the new credentials before the worker that sends.
    assert.equal(await server.stop(), 0);
    server = await startProgram(changed, ["--no-worker"]);
    await until("the worker with the old credentials has paused the message again", async () => {
      const [provider] = await readProviders(server);
      return provider?.state === "OPEN" && (await read(server, id)).status === "PAUSED";
    }, 60_000);
    assert.equal(smtp.received.length, 0);
    assert.equal(await worker.stop(), 0);
    worker = startWorkerProgram(changed);
    await untilStatus(server, id, "SENT");
    assert.equal(smtp.received.length, 30);

    // The provider refuses the login again, and another one replaces it.
    smtp.replies.login = { user: "ada", password: "newest" };
    smtp.closeConnections();
    const second = await send(server, 30);
    await untilStatus(server, second, "PAUSED");
    assert.equal(await worker.stop(), 0);
    const other = await startSmtpServer();
    worker = startWorkerProgram({ ...settings, SMTP_URLS: `smtp://127.0.0.1:${other.port}` });
    await untilStatus(server, second, "SENT");
    assert.equal(other.received.length, 30);

    assert.deepEqual(await Promise.all([worker.stop(), server.stop()]), [0, 0]);
    await Promise.all([smtp.close(), other.close()]);
  },
);

onPostgres(
  "a mail that closes a circuit wakes the jobs of other processes at once",
  async ({ db, url }) => {
    const smtp = await startSmtpServer();
    const settings = {
      DATABASE_URL: url,
      ADMIN_API_KEY: "key-of-this-test",
      SMTP_URLS: `smtp://127.0.0.1:${smtp.port}`,
    };
    const server = await startProgram(settings, ["--no-worker"]);
    const workers = [startWorkerProgram(settings), startWorkerProgram(settings)];
    await smtp.close();
    const id = await send(server);
    await until(
      "all batches wait for the provider",
      async () => (await db.run(WAIT_FOR_LONG, id)).length === Math.ceil(PEOPLE / 100),
      60_000,
    );

    const restarted = await startSmtpServer({ port: smtp.port });
    await send(server, 1);
    await untilStatus(server, id, "SENT");
    assert.equal(restarted.received.length, PEOPLE + 1);

    assert.deepEqual(await Promise.all([...workers, server].map((each) => each.stop())), [0, 0, 0]);
    await restarted.close();
  },
);
