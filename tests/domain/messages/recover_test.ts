import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { updateProvider } from "../../../src/domain/installation/update_provider.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { pause, pauseMessage } from "../../../src/domain/messages/pause.ts";
import { continueRecovered, resumeForNewProviders } from "../../../src/domain/messages/recover.ts";
import { sweepMessages } from "../../../src/domain/messages/sweep.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import { createOrganization } from "../../support/callers.ts";
import { messageInput, people, readStatus } from "../../support/messages.ts";
import { onEveryProviders, type TestProviders } from "../../support/providers.ts";

const ONE_A_DAY = 1 / 86_400;

const SET_RECOVERED = statement<[]>("test.setRecovered", "update providers set recovered = true");
const WAIT_FOR = statement<[subject: string, reason: string, providerId: string]>(
  "test.waitFor",
  `update jobs set status = 'SCHEDULED', run_at = now() + interval '1 hour', wait_reason = $2,
     wait_provider_id = $3 where kind = 'SEND_BATCH' and subject = $1`,
);
const WAITS = statement<[], { status: string; reason: string | null; due: boolean }>(
  "test.waits",
  `select status, wait_reason as reason, run_at <= now() as due from jobs where kind = 'SEND_BATCH'
   order by id`,
);

async function providerIds({ states }: TestProviders): Promise<string[]> {
  return (await states()).map(({ id }) => id);
}

/** Sends a message and pauses it because of these providers, as of now. */
async function pausedFor(
  given: TestProviders,
  ...ids: readonly string[]
): Promise<string> {
  return await pausedWith(given, ids.length === 0 ? "NOT_CONFIGURED" : "535", ids);
}

async function pausedWith(
  { db, services, send, states }: TestProviders,
  code: string,
  ids: readonly string[],
): Promise<string> {
  const message = await send({ to: { list: people(2) } });
  const providers = (await states()).filter(({ id }) => ids.includes(id));
  await pause(services, message, { reason: "No", code, providers });
  assert.equal(await readStatus(db, message.id), "PAUSED");
  return message.id;
}

async function arePaused(db: Database, ids: readonly string[]): Promise<boolean[]> {
  return await Promise.all(ids.map(async (id) => await readStatus(db, id) === "PAUSED"));
}

onEveryProviders(
  "sweepMessages() resumes what a provider that works again has paused, in all organizations",
  () => [{}, {}],
  async (given) => {
    const { db, services, organization: { admin }, worker } = given;
    const [first, second] = await providerIds(given);
    assert.ok(first && second);
    await sweepMessages(services);
    const own = await pausedFor(given, first);
    const shared = await pausedFor(given, first, second);
    const byPerson = await pausedFor(given, first);
    await pauseMessage(services, admin, byPerson);
    const foreign = (await createOrganization(db)).admin;
    const { message } = await sendMessage(services, foreign, messageInput());
    const providers = [{ id: second, epoch: 0 }];
    await pause(services, message, { reason: "No", code: "535", providers });

    // A process has recorded the recovery, and ended before it has resumed anything.
    await db.run(SET_RECOVERED);
    await sweepMessages(services);
    assert.deepEqual(await arePaused(db, [own, shared, byPerson, message.id]), [
      false,
      false,
      true,
      false,
    ]);
    await pause(services, message, { reason: "No", code: "535", providers });
    await sweepMessages(services);
    assert.equal(await readStatus(db, message.id), "PAUSED", "a recovery resumes once");
    await cancelMessage(services, admin, byPerson);
    await cancelMessage(services, foreign, message.id);
    await worker.runQueued();
  },
);

onEveryProviders(
  "continueRecovered() wakes the jobs that wait for any provider of the channel",
  () => [{}, {}],
  async (given) => {
    const { db, services, worker, send } = given;
    const [first, second] = await providerIds(given);
    const [messenger] = await registerProviders(services, [
      { channel: "MESSENGER", name: "messenger", perSecond: null },
    ]);
    assert.ok(first && second && messenger);
    await continueRecovered(services);
    const waits = [
      ["PROVIDER_OPEN", first],
      ["PROVIDER_OPEN", second],
      ["RATE_LIMIT", second],
      ["BACKOFF", first],
      ["PROVIDER_OPEN", messenger.id],
    ] as const;
    for (const [reason, id] of waits) {
      const message = await send({ to: { list: people(1) } });
      await db.run(WAIT_FOR, toTypeId("message", message.id), reason, id);
    }
    await updateProvider(services, given.organization.operator, first, { enabled: true });
    assert.deepEqual(await db.run(WAITS), [
      ...Array(3).fill({ status: "QUEUED", reason: null, due: true }),
      { status: "SCHEDULED", reason: "BACKOFF", due: false },
      { status: "SCHEDULED", reason: "PROVIDER_OPEN", due: false },
    ]);
    await worker.runQueued();
  },
);

onEveryProviders(
  "updateProvider() wakes the jobs that wait for the limit of the preferred provider",
  () => [{}, {}],
  async (given) => {
    const { db, services, organization: { operator }, worker, servers: [server], send } = given;
    const [id] = await providerIds(given);
    assert.ok(id && server);
    await updateProvider(services, operator, id, { perSecondLimit: ONE_A_DAY });
    const message = await send({ to: { list: people(3) } });
    await worker.runQueued();
    assert.equal(server.received.length, 1);
    assert.deepEqual(await db.run(WAITS), [
      { status: "SCHEDULED", reason: "RATE_LIMIT", due: false },
    ]);
    await updateProvider(services, operator, id, { perSecondLimit: 1_000 });
    await worker.runQueued();
    assert.equal(await readStatus(db, message.id), "SENT");
  },
);

onEveryProviders(
  "resumeForNewProviders() resumes the messages that could not use one of the providers",
  () => [{}, {}],
  async (given) => {
    const { db, services, organization: { admin }, worker } = given;
    const [first, second] = await providerIds(given);
    assert.ok(first && second);
    const unconfigured = await pausedFor(given);
    const failed = await pausedFor(given, first);
    const byPerson = await pausedFor(given, first);
    await pauseMessage(services, admin, byPerson);
    const sealed = await pausedWith(given, "SEALED", [first]);
    const ids = [unconfigured, failed, byPerson, sealed];
    for (
      const [channel, providerIds, expected] of [
        ["MESSENGER", [second], [true, true, true, true]],
        ["EMAIL", [first], [false, true, true, false]],
        ["EMAIL", [second], [false, false, true, false]],
      ] as const
    ) {
      await resumeForNewProviders(services, [{ channel, providerIds }]);
      assert.deepEqual(await arePaused(db, ids), expected);
    }
    await cancelMessage(services, admin, byPerson);
    await worker.runQueued();
  },
);
