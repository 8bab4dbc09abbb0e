import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { updateProvider } from "../../src/domain/installation/update_provider.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { listDeliveries, readAttempts } from "../../src/domain/deliveries/list.ts";
import { publishProviders } from "../../src/domain/providers/circuit.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readBatches, readDeliveries, readStatus } from "../support/messages.ts";
import { type SmtpTestServer, startSmtpServer } from "../support/smtp.ts";
import { until } from "../support/until.ts";
import { onEveryProviders, type TestProviders } from "../support/providers.ts";

const TRY_NOW = statement<[]>(
  "test.tryNow",
  "update providers set retry_at = now() where state <> 'CLOSED'",
);
const FAR_OFF = statement<[]>(
  "test.farOff",
  "update providers set retry_at = now() + interval '1 day' where state <> 'CLOSED'",
);
const PROVIDERS = statement<[messageId: string], { provider: string; count: number }>(
  "test.providersOf",
  `select provider, count(*) as count from deliveries where message_id = $1 and status = 'SENT'
   group by 1 order by 1`,
);

/** Numbers of mails that the providers have accepted, in order of preference. */
async function acceptedCounts({ db, servers }: TestProviders, id: string): Promise<number[]> {
  const rows = await db.run(PROVIDERS, id);
  return servers.map(({ port }) =>
    rows.find(({ provider }) => provider === `127.0.0.1:${port}`)?.count ?? 0
  );
}

const OTHER_PASSWORD = "not the test's";
const login = { user: "ada", password: "good" };
const locked = { login: { ...login, password: OTHER_PASSWORD } };

/** Replaces the credentials of providers by wrong ones; the server accepts those of the URL. */
async function setWrongPassword(given: TestProviders, ...positions: number[]): Promise<string[]> {
  const { services, organization: { operator }, states } = given;
  const ids = (await states()).filter((_, position) => positions.includes(position)).map(({ id }) =>
    id
  );
  for (const id of ids) {
    await updateProvider(services, operator, id, { user: "ada", password: "wrong" });
  }
  return ids;
}

onEveryProviders(
  "send() uses the preferred provider alone while it works",
  () => [{}, {}],
  async (given) => {
    const { db, worker, states, send } = given;
    const { id } = await send({ to: { list: people(250) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.deepEqual(await acceptedCounts(given, id), [250, 0]);
    assert.deepEqual((await states()).map(({ state }) => state), ["CLOSED", "CLOSED"]);
  },
);

onEveryProviders(
  "send() fails over from a provider that refuses the login",
  () => [locked, {}],
  async (given) => {
    const { db, worker, servers, states, send } = given;
    await setWrongPassword(given, 0);
    const { id } = await send({ to: { list: people(250) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.deepEqual(await acceptedCounts(given, id), [0, 250]);
    const [open, closed] = await states();
    assert.deepEqual([open?.state, closed?.state], ["OPEN", "CLOSED"]);
    assert.deepEqual([open?.errorType, open?.errorCode], ["ACCESS_TOKEN", "535 5.7.8"]);
    assert.ok((servers[0]?.connections ?? 0) <= 20, "it is not tried again after it has refused");
  },
);

onEveryProviders(
  "readAttempts() lists the failed try before the provider that accepted",
  () => [{ reject: () => "451 4.7.1 Too many messages" }, {}],
  async (given) => {
    const { db, organization: { admin }, services, worker, servers, send } = given;
    const { id } = await send({ to: { list: people(1) } });
    await worker.runQueued();
    const { edges: [delivery] } = await listDeliveries(
      services,
      admin,
      { messageId: id },
      "CREATED_ASC",
      {},
    );
    assert.ok(delivery);
    const tries = await readAttempts(services, delivery.node);
    assert.deepEqual(
      tries.map((
        { number, provider, outcome, errorType },
      ) => [number, provider, outcome, errorType]),
      [
        [1, `127.0.0.1:${servers[0]?.port}`, "FAILED", "RATE_LIMIT"],
        [1, `127.0.0.1:${servers[1]?.port}`, "SUCCEEDED", null],
      ],
    );
    const [first, second] = tries;
    assert.ok(first && second && first.startedAt <= first.finishedAt);
    assert.ok(first.finishedAt <= second.startedAt && second.startedAt <= second.finishedAt);
    const [row] = await readDeliveries(db, id);
    assert.deepEqual([row?.attempt, row?.tries], [1, 2]);
  },
);

onEveryProviders(
  "send() tries no other provider after a permanent refusal",
  () => [{ reject: () => "550 5.1.1 No such user" }, {}],
  async ({ db, worker, servers, send }) => {
    const { id } = await send({ to: { list: people(3) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "FAILED");
    assert.equal(servers[1]?.connections, 0);
  },
);

onEveryProviders(
  "send() tries no other provider after a connection was lost in the content",
  () => {
    let first: SmtpTestServer | undefined;
    return [{
      beforeReply: () => {
        first?.closeConnections();
        return Promise.resolve();
      },
      onStart: (server) => first = server,
    }, {}];
  },
  async ({ db, worker, servers, send }) => {
    const { id } = await send({ to: { list: people(1) } });
    await worker.runQueued();
    assert.deepEqual((await readDeliveries(db, id)).map(({ status }) => status), ["UNKNOWN"]);
    assert.equal(servers[1]?.connections, 0);
  },
);

onEveryProviders(
  "updateProvider() resumes a message that all providers paused by refusing the login",
  () => [locked, locked],
  async (given) => {
    const { db, services, organization: { admin, operator }, worker, servers, send } = given;
    const ids = await setWrongPassword(given, 0, 1);
    const { id } = await send({ to: { list: people(250) } });
    await worker.runQueued();
    const paused = await getMessage(services, admin, id);
    assert.deepEqual([paused.status, paused.pauseCode], ["PAUSED", "535 5.7.8"]);
    assert.deepEqual(paused.pauseProviderIds, ids);
    for (const { port } of servers) {
      assert.match(paused.pauseReason ?? "", new RegExp(`127.0.0.1:${port}: 535`));
    }
    assert((await readBatches(db, id)).every(({ parked }) => parked));

    const { provider, resumed } = await updateProvider(services, operator, ids[1] ?? "", {
      user: "ada",
      password: OTHER_PASSWORD,
    });
    assert.deepEqual([provider.state, resumed.map((message) => message.id)], ["CLOSED", [id]]);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
    assert.deepEqual(await acceptedCounts(given, id), [0, 250]);
    assert((await readDeliveries(db, id)).every(({ attempt }) => attempt === 1));
  },
);

onEveryProviders(
  "resumeMessage() lets one message probe the provider at once",
  () => [{ ...locked, reject: () => null }],
  async (given) => {
    const { db, services, organization: { admin }, worker, states, send } = given;
    await setWrongPassword(given, 0);
    const { id } = await send({ to: { list: people(30) } });
    await worker.runQueued();
    const [open] = await states();
    assert.equal(open?.state, "OPEN");
    await db.run(FAR_OFF);
    await resumeMessage(services, admin, id);
    await worker.runQueued();
    const { status, pauseReason } = await getMessage(services, admin, id);
    assert.equal(status, "PAUSED", "the probe has failed");
    assert.match(pauseReason ?? "", /535/);
    const [again] = await states();
    assert.equal(again?.openings, 2);
    assert.equal((await readDeliveries(db, id)).filter(({ tries }) => tries > 1).length, 1);
  },
);

onEveryProviders(
  "send() uses no attempts during an outage of all providers, and sends after it",
  () => [{}],
  async (given) => {
    const { db, services, worker, servers: [server], states, send } = given;
    assert.ok(server);
    await server.close();
    const { id } = await send({ to: { list: people(900) } });
    for (let time = 0; time < 4; time++) {
      await worker.runQueued();
      await makeDue(services);
    }
    const [open] = await states();
    assert.deepEqual([open?.state, open?.errorType], ["OPEN", "NETWORK"]);
    const batches = await readBatches(db, id);
    assert.ok(
      batches.some(({ jobAttempt }) => jobAttempt === 0),
      "some batches have tried no provider",
    );
    assert.equal(await readStatus(db, id), "SENDING");

    const again = await startSmtpServer({ port: server.port });
    try {
      await db.run(TRY_NOW);
      publishProviders(services, [open?.id ?? ""]);
      await until("all of it is sent", async () => {
        await worker.runQueued();
        await makeDue(services);
        return await readStatus(db, id) === "SENT";
      });
      server.received.push(...again.received);
    } finally {
      await again.close();
    }
    assert.equal((await states())[0]?.state, "CLOSED");
  },
);

onEveryProviders("send() skips a disabled provider", () => [{}, {}], async (given) => {
  const { services, organization: { operator }, worker, states, send } = given;
  const [first, second] = await states();
  assert.ok(first && second);
  await updateProvider(services, operator, first.id, { enabled: false });
  const { id } = await send({ to: { list: people(3) } });
  await worker.runQueued();
  assert.deepEqual(await acceptedCounts(given, id), [0, 3]);

  await updateProvider(services, operator, second.id, { enabled: false });
  const waiting = await send({ to: { list: people(3) } });
  await worker.runQueued();
  const { status, pauseCode } = await getMessage(services, operator, waiting.id);
  assert.deepEqual([status, pauseCode], ["PAUSED", "DISABLED"]);
  const { resumed } = await updateProvider(services, operator, first.id, { enabled: true });
  assert.deepEqual(resumed.map((message) => message.id), [waiting.id]);
  await worker.runQueued();
  assert.deepEqual(await acceptedCounts(given, waiting.id), [3, 0]);
});
