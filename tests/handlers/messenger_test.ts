import assert from "node:assert/strict";
import { openCaptureChannel } from "../../src/channels/capture.ts";
import type { Channel } from "../../src/channels/channel.ts";
import { openMessengerChannel } from "../../src/channels/messenger/messenger.ts";
import { type Database, statement } from "../../src/db/database.ts";
import { toTypeId } from "../../src/domain/id.ts";
import type { SendMessageInput } from "../../src/domain/messages/input.ts";
import type { Message } from "../../src/domain/messages/message.ts";
import { getMessage } from "../../src/domain/messages/find.ts";
import { resumeMessage } from "../../src/domain/messages/resume.ts";
import { sendMessage } from "../../src/domain/messages/send.ts";
import type { RecipientInput } from "../../src/domain/recipients.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../support/callers.ts";
import { onEveryDatabase } from "../support/database.ts";
import { assertDeliveriesHold } from "../support/delivery_ledger.ts";
import { assertJobsHold, openLedger } from "../support/ledger.ts";
import { type MailWorker, startMailWorker } from "../support/mail_worker.ts";
import { messageInput, readBatches, readDeliveries, tally } from "../support/messages.ts";
import { type MetaReply, type MetaServer, startMetaServer } from "../support/meta.ts";

const DELIVERY_OF = statement<[address: string], { id: string }>(
  "test.deliveryOf",
  "select id from deliveries where address = $1",
);
const PROVIDER_IDS = statement<[], { provider: string; providerMessageId: string }>(
  "test.providerIds",
  `select provider, provider_message_id as "providerMessageId" from deliveries
   where status = 'SENT' order by n`,
);
interface TestMessenger {
  readonly db: Database;
  readonly services: Services;
  readonly organization: TestOrganization;
  readonly meta: MetaServer;
  /** Starts a worker with this token; null: a worker without Messenger. */
  startWorker(token: string | null): Promise<MailWorker>;
  send(given: Partial<SendMessageInput>): Promise<Message>;
}

/** Declares a test of sending to Messenger; checks the ledgers at its end. */
function onEveryMessenger(name: string, test: (given: TestMessenger) => Promise<void>): void {
  onEveryDatabase(name, async ({ db }) => {
    await openLedger(db);
    await using meta = await startMetaServer();
    const services: Services = { db, bus: createBus(), channels: new Set(["MESSENGER"]) };
    const organization = await createOrganization(db);
    const email = openCaptureChannel("never written to", "waybill@localhost");
    const opened: Channel[] = [];
    const open = (accessToken: string) => {
      const channel = openMessengerChannel({ accessToken, baseUrl: meta.baseUrl });
      opened.push(channel);
      return channel;
    };
    try {
      await test({
        db,
        services,
        organization,
        meta,
        startWorker: (token) =>
          startMailWorker(services, {
            channel: email,
            messenger: token === null ? undefined : open(token),
          }),
        send: async (given) => {
          const input = messageInput({ channel: "MESSENGER", ...given });
          return (await sendMessage(services, organization.admin, input)).message;
        },
      });
      await assertJobsHold(db);
      await assertDeliveriesHold(db, await arrivals(db, meta));
    } finally {
      await Promise.all(opened.map((channel) => channel.close()));
      await services.bus.close();
    }
  });
}

/** Number of arrivals by delivery. */
async function arrivals(db: Database, { received }: MetaServer) {
  const counts = new Map<string, number>();
  for (const { recipient, arrived } of received) {
    if (!arrived) continue;
    const [delivery] = await db.run(DELIVERY_OF, recipient);
    const id = delivery ? toTypeId("delivery", delivery.id) : recipient;
    counts.set(id, (counts.get(id) ?? 0) + 1);
  }
  return counts;
}

/** 24600000000000001, 24600000000000002 … */
function psids(count: number): RecipientInput[] {
  return Array.from({ length: count }, (_, index) => ({
    address: String(24_600_000_000_000_001n + BigInt(index)),
    name: `Person ${index + 1}`,
  }));
}

/** Reply by the last digit of the recipient; other recipients receive the message. */
const REPLIES: Readonly<Record<string, MetaReply>> = {
  2: { error: { message: "(#551) This person isn't available right now.", code: 551 } },
  3: {
    status: 403,
    error: {
      message: "(#10) This message is sent outside of allowed window.",
      code: 10,
      error_subcode: 2018278,
    },
  },
  4: { status: 500, error: { message: "An unexpected error has occurred.", code: 2 } },
  5: {
    error: { message: "Received invalid JSON reply.", code: 1, error_subcode: 1357046 },
    arrived: true,
  },
  6: { error: { message: "(#100) No matching user found", code: 100, error_subcode: 2018001 } },
  7: "CUT",
};

onEveryMessenger(
  "SEND_BATCH records the reply of Meta for each of 300 recipients",
  async (messenger) => {
    const { db, meta, startWorker, send } = messenger;
    meta.settings.reply = (recipient) => REPLIES[recipient.slice(-1)] ?? null;
    const { id } = await send({
      to: { list: psids(300) },
      content: { subject: "Ours only", text: "Dear {{ name }} ({{ address }})", html: "<p>no</p>" },
    });
    await (await startWorker("EAAG-good")).runQueued();

    const rows = await readDeliveries(db, id);
    const outcomes = rows.map(({ status, errorType, errorCode, retryable }) =>
      [status, errorType ?? [], errorCode ?? [], retryable ? "retryable" : []].flat().join(" ")
    );
    assert.deepEqual(tally(outcomes), {
      SENT: 120,
      "FAILED INVALID_RECIPIENT 551": 30,
      "FAILED PERMISSION 10/2018278": 30,
      "FAILED NETWORK 2 retryable": 30,
      "UNKNOWN OTHER 1/1357046": 30,
      "FAILED INVALID_RECIPIENT 100/2018001": 30,
      "UNKNOWN NETWORK NO_ANSWER": 30,
    });
    assert.equal(meta.received.length, 300);
    assert.deepEqual(
      new Set(meta.received.map(({ text }) => text)),
      new Set(psids(300).map(({ name, address }) => `Dear ${name} (${address})`)),
    );
    const sent = await db.run(PROVIDER_IDS);
    assert.equal(new Set(sent.map(({ providerMessageId }) => providerMessageId)).size, 120);
    assert(
      sent.every(({ provider, providerMessageId }) =>
        provider === "messenger" && /^m_\d+$/.test(providerMessageId)
      ),
    );
  },
);

onEveryMessenger(
  "SEND_BATCH pauses the message for an expired token, until it is replaced",
  async (given) => {
    const { db, services, organization: { admin }, meta, startWorker, send } = given;
    meta.settings.token = "EAAG-renewed";
    const { id } = await send({ to: { list: psids(250) } });
    await (await startWorker("EAAG-good")).runQueued();
    const paused = await getMessage(services, admin, id);
    assert.equal(paused.status, "PAUSED");
    assert.match(paused.pauseReason ?? "", /^Error validating access token/);
    assert.equal(paused.pauseCode, "190/463");
    assert.equal(meta.received.length, 0);
    assert((await readBatches(db, id)).every(({ parked }) => parked));

    await resumeMessage(services, admin, id);
    await (await startWorker("EAAG-renewed")).runQueued();
    assert.equal((await getMessage(services, admin, id)).status, "SENT");
    assert((await readDeliveries(db, id)).every(({ attempt }) => attempt === 1));
    assert.equal(new Set(meta.received.map(({ recipient }) => recipient)).size, 250);
  },
);

onEveryMessenger(
  "SEND_BATCH pauses a message whose channel is not configured on the worker",
  async (given) => {
    const { db, services, organization: { admin }, startWorker, send } = given;
    const { id } = await send({ to: { list: psids(3) } });
    await (await startWorker(null)).runQueued();
    const { status, pauseReason, pauseCode } = await getMessage(services, admin, id);
    assert.deepEqual([status, pauseCode], ["PAUSED", "NOT_CONFIGURED"]);
    assert.match(pauseReason ?? "", /not configured/);

    await resumeMessage(services, admin, id);
    await (await startWorker("EAAG-good")).runQueued();
    assert.deepEqual(tally((await readDeliveries(db, id)).map(({ status }) => status)), {
      SENT: 3,
    });
  },
);
