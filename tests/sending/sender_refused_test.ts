// Some servers refuse the sender by rules of their own, which says nothing about other recipients.
import assert from "node:assert/strict";
import type { DeliveryError } from "../../src/channels/channel.ts";
import { statement } from "../../src/db/database.ts";
import { updateOrganization } from "../../src/domain/access/update_organization.ts";
import { cancelMessage } from "../../src/domain/messages/cancel.ts";
import { toTypeId } from "../../src/domain/id.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { openCircuit, publishProviders } from "../../src/domain/providers/circuit.ts";
import { logOf } from "../support/log.ts";
import { makeDue } from "../support/mail_worker.ts";
import { people, readDeliveries, readStatus, readTries, tally } from "../support/messages.ts";
import { onEveryProviders, type TestProviders } from "../support/providers.ts";
import type { SmtpServerSettings } from "../support/smtp.ts";
import { until } from "../support/until.ts";

const REPLY = "550 5.7.26 The sender is not authenticated";
const UNREACHABLE: DeliveryError = {
  type: "NETWORK",
  disposition: "retry",
  code: "ECONNREFUSED",
  message: "connect ECONNREFUSED",
  retryAfterMs: null,
  beforeRecipient: true,
};
const TRY_NOW = statement<[]>(
  "test.tryNow",
  "update providers set retry_at = now() where state <> 'CLOSED'",
);

/** A server that refuses the sender of mails to the recipients with these numbers. */
function refusing(...numbers: readonly number[]): SmtpServerSettings {
  const addresses = new Set(numbers.map((number) => `person${number}@example.net`));
  return { rejectMail: (address) => addresses.has(address) ? REPLY : null };
}

async function statuses({ db }: TestProviders, id: string): Promise<string[]> {
  return (await readDeliveries(db, id)).map(({ status }) => status);
}

for (
  const [where, reply] of [
    ["rejectMail", "554 5.7.9 Not accepted for policy reasons"],
    ["rejectMail", REPLY],
    ["reject", "550 5.7.8 Refused"],
    ["reject", "550 5.1.8 Bad sender"],
  ] as const
) {
  onEveryProviders(
    `SEND_BATCH fails one recipient alone after ${reply} to ${
      where === "reject" ? "RCPT" : "DATA"
    }`,
    () => [{ [where]: (address: string) => address === "person4@example.net" ? reply : null }],
    async (given) => {
      const { db, worker, states, send } = given;
      const { id } = await send({ to: { list: people(8) } });
      await worker.runQueued();
      assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
      assert.deepEqual(tally(await statuses(given, id)), { SENT: 7, FAILED: 1 });
      const [refused] = (await readDeliveries(db, id)).filter(({ status }) => status === "FAILED");
      assert.deepEqual([refused?.n, refused?.errorType], [4, "PERMISSION"]);
      assert.deepEqual((await states()).map(({ state }) => state), ["CLOSED"]);
    },
  );
}

onEveryProviders(
  "SEND_BATCH pauses the message when five recipients in a row refuse the sender",
  () => [refusing(1, 2, 3, 4, 5)],
  async (given) => {
    const { db, services, organization: { admin }, worker, states, send } = given;
    const { id } = await send({ to: { list: people(8) } });
    const lines = await logOf(() => worker.runQueued());
    const paused = await getMessage(services, admin, id);
    assert.deepEqual([paused.status, paused.pauseCode], ["PAUSED", "550 5.7.26"]);
    const logged = `Message ${toTypeId("message", id)} is paused: ${paused.pauseReason}`;
    assert.deepEqual(lines.filter((line) => line.startsWith("Message ")), [logged]);
    assert.match(paused.pauseReason ?? "", /Several recipients refused the sender: 550 5\.7\.26/);
    const [open] = await states();
    assert.deepEqual([open?.state, open?.errorType, open?.errorPauses], [
      "OPEN",
      "PERMISSION",
      true,
    ]);
    const refused = ["FAILED", "FAILED", "FAILED", "FAILED"];
    assert.deepEqual(await statuses(given, id), [...refused, ...Array(4).fill("PENDING")]);
    assert.deepEqual((await readTries(db, id, 5)).map(({ outcome }) => outcome), ["FAILED"]);
    assert.equal((await readDeliveries(db, id))[4]?.attempt, 0);

    // The recipients behind them are reached, and one that refuses alone is FAILED.
    await resumeMessage(services, admin, id);
    await worker.runQueued();
    await makeDue(services);
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    assert.deepEqual(tally(await statuses(given, id)), { FAILED: 5, SENT: 3 });
    assert.equal((await states())[0]?.state, "CLOSED");
  },
  { window: 1 },
);

onEveryProviders(
  "SEND_BATCH pauses only the messages of a sender that five recipients in a row refuse",
  () => [refusing(1, 2, 3, 4, 5, 6, 7, 8)],
  async (given) => {
    const { db, services, organization, worker, states } = given;
    const { id: organizationId, admin, operator } = organization;
    const from = { address: "news@acme.example" };
    await updateOrganization(services, operator, organizationId, { from });
    const own = await given.send({ to: { list: people(8) } });
    await updateOrganization(services, operator, organizationId, { from: null });
    const other = await given.send({ to: { list: people(12).slice(8) } });
    await worker.runQueued();
    const paused = await getMessage(services, admin, own.id);
    assert.deepEqual([paused.status, paused.pauseCode], ["PAUSED", "550 5.7.26"]);
    assert.deepEqual(tally(await statuses(given, own.id)), { FAILED: 4, PENDING: 4 });
    assert.equal((await states())[0]?.state, "CLOSED");
    assert.equal(await readStatus(db, other.id), "SENT");
    await cancelMessage(services, admin, own.id);
    await worker.runQueued();
  },
  { window: 1 },
);

onEveryProviders(
  "SEND_BATCH keeps the mails PENDING that are refused while the circuit opens",
  () => [{ rejectMail: () => REPLY }],
  async (given) => {
    const { db, services, organization: { admin }, worker, servers: [smtp], send } = given;
    assert.ok(smtp);
    // All are in flight before the first one is refused.
    const started = Promise.withResolvers<void>();
    let count = 0;
    smtp.replies.beforeReply = () => {
      if (++count === 8) started.resolve();
      return started.promise;
    };
    const { id } = await send({ to: { list: people(8) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PAUSED");
    assert.deepEqual(tally(await statuses(given, id)), { FAILED: 4, PENDING: 4 });
    assert.ok((await readDeliveries(db, id)).every(({ tries }) => tries === 1));
    await cancelMessage(services, admin, id);
  },
  { window: 8 },
);

onEveryProviders(
  "SEND_BATCH does not pause when a mail that was sent beside the refused ones is accepted",
  () => [refusing(1, 2, 3, 4, 5)],
  async (given) => {
    const { db, worker, servers: [smtp], states, send } = given;
    assert.ok(smtp);
    const refused = Promise.withResolvers<void>();
    smtp.replies.beforeReply = (address) =>
      address === "person6@example.net" ? refused.promise : Promise.resolve();
    const { id } = await send({ to: { list: people(6) } });
    const sending = worker.runQueued();
    await until("the circuit is open", async () => (await states())[0]?.state === "OPEN");
    refused.resolve();
    await sending;
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    assert.deepEqual(tally(await statuses(given, id)), { FAILED: 5, SENT: 1 });
  },
  { window: 6 },
);

onEveryProviders(
  "SEND_BATCH counts the refusals of the sender from the last accepted mail on",
  () => [refusing(1, 2, 3, 4, 6, 7, 8, 9)],
  async (given) => {
    const { db, worker, states, send } = given;
    const { id } = await send({ to: { list: people(10) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    assert.deepEqual(tally(await statuses(given, id)), { FAILED: 8, SENT: 2 });
    assert.equal((await states())[0]?.state, "CLOSED");
  },
  { window: 1 },
);

onEveryProviders(
  "SEND_BATCH keeps a delivery PENDING whose probe is refused, and FAILED after the second time",
  () => [refusing(1, 2, 3, 4, 5, 6)],
  async (given) => {
    const { db, services, organization: { admin }, worker, states, send } = given;
    const { id } = await send({ to: { list: people(6) } });
    await worker.runQueued();
    const failed = async () => tally(await statuses(given, id)).FAILED;
    assert.equal(await failed(), 4);
    const opened: (number | undefined)[] = [];
    for (let time = 0; time < 3; time++) {
      opened.push((await states())[0]?.openings);
      await resumeMessage(services, admin, id);
      await worker.runQueued();
    }
    assert.deepEqual(opened, [1, 2, 3]);
    assert.deepEqual([await readStatus(db, id), await failed()], ["FAILED", 6]);
  },
  { window: 1 },
);

onEveryProviders(
  "SEND_BATCH sends through the next provider when five recipients in a row refuse the sender",
  () => [{ rejectMail: () => REPLY }, {}],
  async (given) => {
    const { db, worker, servers, states, send } = given;
    const { id } = await send({ to: { list: people(20) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    const expected = Array.from({ length: 20 }, (_, n) => n < 4 ? "FAILED" : "SENT");
    assert.deepEqual(await statuses(given, id), expected);
    assert.deepEqual(servers.map(({ received }) => received.length), [0, 16]);
    assert.deepEqual((await states()).map(({ state }) => state), ["OPEN", "CLOSED"]);

    await db.run(TRY_NOW);
    const other = await send({ to: { list: people(3) } });
    await worker.runQueued();
    assert.equal(await readStatus(db, other.id), "SENT", "the probe itself fails over");
  },
  { window: 1 },
);

onEveryProviders(
  "SEND_BATCH sends the other mails when a recipient refuses the sender in the probe after an outage",
  () => [refusing(1)],
  async (given) => {
    const { db, services, worker, states, send } = given;
    const [provider] = await states();
    assert.ok(provider);
    await openCircuit(services, provider, UNREACHABLE);
    await db.run(TRY_NOW);
    const { id } = await send({ to: { list: people(3) } });
    await until("the message has ended", async () => {
      publishProviders(services, [provider.id]);
      await worker.runQueued();
      await makeDue(services);
      return await readStatus(db, id) !== "SENDING";
    });
    assert.deepEqual(await statuses(given, id), ["FAILED", "SENT", "SENT"]);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  },
  { window: 1 },
);
