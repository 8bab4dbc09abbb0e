import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { readErrorTypes, readStats } from "../../../src/domain/deliveries/stats.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { listSuppressions } from "../../../src/domain/suppressions/list.ts";
import { dsn, type DsnShape } from "../../support/dsn.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { people, readDeliveries, readStatus } from "../../support/messages.ts";
import { withServer } from "../../support/server.ts";

const SECRET = "a secret of some length";
const MAILGUN_KEY = "key-of-mailgun";
const WEBHOOKS = { secret: SECRET, mailgunSigningKey: MAILGUN_KEY, snsTopicArns: [] };

type Post = (path: string, body: string, headers?: Record<string, string>) => Promise<number>;

interface Sent extends TestMail {
  readonly messageId: string;
  /** TypeIDs, by number. */
  readonly deliveryIds: readonly string[];
  readonly post: Post;
}

/** Test with a sent message of `count` recipients and a server with all bounce webhooks but SES. */
function withSent(name: string, count: number, test: (sent: Sent) => Promise<void>): void {
  onEveryMail(name, async (mail) => {
    const { id: messageId } = await mail.send({
      to: { list: people(count) },
      retry: { mode: "CRON", maxAttempts: 3 },
    });
    await mail.worker.runQueued();
    const { edges } = await listDeliveries(
      mail.services,
      mail.organization.admin,
      { messageId },
      "CREATED_ASC",
      {},
    );
    const deliveryIds = edges.map(({ node }) => toTypeId("delivery", node.id));
    await withServer(mail.db, async ({ url }) => {
      const post: Post = async (path, body, headers) => {
        const response = await fetch(new URL(path, url), { method: "POST", body, headers });
        await response.body?.cancel();
        return response.status;
      };
      await test({ ...mail, messageId, deliveryIds, post });
    }, { webhooks: WEBHOOKS });
  });
}

function signed(body: string, at = Date.now(), secret = SECRET): Record<string, string> {
  const t = Math.floor(at / 1_000);
  const v1 = createHmac("sha256", secret).update(`${t}.${body}`).digest("hex");
  return { "x-waybill-signature": `t=${t},v1=${v1}`, "content-type": "message/rfc822" };
}

async function report({ post, deliveryIds }: Sent, n: number, overrides: Partial<DsnShape>) {
  const body = dsn({ deliveryId: deliveryIds[n - 1] ?? "", ...overrides });
  return await post("/webhooks/bounces/dsn", body, signed(body));
}

async function outcomeOf({ db, messageId }: Sent, n: number): Promise<string> {
  const { status, errorType, errorCode, retryable } =
    (await readDeliveries(db, messageId))[n - 1] ??
      {};
  return [status, errorType, errorCode, retryable && "retryable"].filter(Boolean).join(" ");
}

async function suppressed({ services, organization: { admin } }: Sent): Promise<string[]> {
  const { edges } = await listSuppressions(services, admin, {}, {});
  return edges.map(({ node: { address, reason } }) => `${address} ${reason}`).sort();
}

async function figures({ db, messageId }: Sent): Promise<Record<string, number>> {
  const stats = (await readStats(db, [messageId])).get(messageId);
  const { sent = 0, failed = 0, unknown = 0, bounced = 0, complained = 0, retryable = 0 } = stats ??
    {};
  return { sent, failed, unknown, bounced, complained, retryable };
}

const none = { sent: 0, failed: 0, unknown: 0, bounced: 0, complained: 0, retryable: 0 };

withSent("/bounces/dsn records a permanent bounce and suppresses the address", 3, async (sent) => {
  assert.equal(await report(sent, 2, {}), 200);
  assert.equal(await outcomeOf(sent, 2), "BOUNCED INVALID_RECIPIENT 5.1.1");
  assert.deepEqual(await suppressed(sent), ["person2@example.net BOUNCED"]);
  assert.deepEqual(await figures(sent), { ...none, sent: 2, bounced: 1 });
  assert.equal(await readStatus(sent.db, sent.messageId), "PARTIALLY_SENT");
  const [error] = await readErrorTypes(sent.db, [sent.messageId]);
  assert.deepEqual([error?.errorType, error?.count], ["INVALID_RECIPIENT", 1]);
});

withSent("/bounces/dsn does not suppress the address of a full mailbox", 1, async (sent) => {
  assert.equal(
    await report(sent, 1, { status: "4.2.2", diagnostic: "452 4.2.2 Mailbox full" }),
    200,
  );
  assert.equal(await outcomeOf(sent, 1), "BOUNCED RATE_LIMIT MAILBOX_FULL retryable");
  assert.deepEqual(await suppressed(sent), []);
  assert.deepEqual(await figures(sent), { ...none, bounced: 1, retryable: 1 });
});

withSent("retryDeliveries() retries a temporary bounce, and counts it once", 2, async (sent) => {
  const { services, organization: { admin }, worker, db, messageId } = sent;
  await report(sent, 1, { status: "4.4.7", diagnostic: "smtp; 450 4.4.7 Expired" });
  await report(sent, 2, { status: "5.1.1" });
  const result = await retryDeliveries(services, admin, { filter: { messageId }, force: false });
  assert.equal(result.queuedCount, 1);
  assert.equal(result.refusedCount, 1);
  assert.deepEqual(await figures(sent), { ...none, bounced: 1 });
  await worker.runQueued();
  assert.equal(await outcomeOf(sent, 1), "SENT");
  assert.deepEqual(await figures(sent), { ...none, sent: 1, bounced: 1 });
  assert.equal(await readStatus(db, messageId), "PARTIALLY_SENT");
});

withSent("/bounces/dsn records a repeated report once", 1, async (sent) => {
  const body = dsn({ deliveryId: sent.deliveryIds[0] ?? "", status: "4.4.7", diagnostic: "later" });
  const path = "/webhooks/bounces/dsn";
  assert.equal(await sent.post(path, body, signed(body)), 200);
  const { services, organization: { admin }, messageId, worker } = sent;
  await retryDeliveries(services, admin, { filter: { messageId }, force: false });
  await worker.runQueued();
  assert.equal(await sent.post(path, body, signed(body, Date.now() + 1_000)), 200);
  assert.equal(await outcomeOf(sent, 1), "SENT");
});

withSent("/bounces/dsn ignores delays and unknown deliveries", 1, async (sent) => {
  assert.equal(await report(sent, 1, { action: "delayed", status: "4.4.1" }), 200);
  assert.equal(await report(sent, 1, { deliveryId: "dlv_01h455vb4pex5vsknk084sn02q" }), 200);
  assert.equal(await report(sent, 1, { deliveryId: "somebody" }), 200);
  assert.equal(await outcomeOf(sent, 1), "SENT");
  assert.deepEqual(await suppressed(sent), []);
});

withSent("/bounces/dsn rejects wrong or old signatures and other mails", 1, async (sent) => {
  const { post, deliveryIds } = sent;
  const body = dsn({ deliveryId: deliveryIds[0] ?? "" });
  const path = "/webhooks/bounces/dsn";
  const refused = async (body: string, headers: Record<string, string>, expected: number) =>
    assert.equal(await post(path, body, headers), expected);
  await refused(body, {}, 401);
  await refused(body, signed(body, Date.now(), "another secret entirely"), 401);
  await refused(`${body}x`, signed(body), 401);
  await refused(body, signed(body, Date.now() - 6 * 60_000), 401);
  await refused(body, signed(body, Date.now() + 6 * 60_000), 401);
  await refused("Subject: Hello\r\n\r\nHello", signed("Subject: Hello\r\n\r\nHello"), 400);
  await refused("", signed(""), 400);
  assert.equal(await post("/webhooks/bounces/ses", "{}"), 404);
  assert.equal(await outcomeOf(sent, 1), "SENT");
});

const SET_IN_FLIGHT = statement<[messageId: string]>(
  "test.setInFlight",
  `with d as (update deliveries set status = 'PENDING' where message_id = $1)
   update batches set win = '{1}' where message_id = $1`,
);
const SET_SENT = statement<[messageId: string]>(
  "test.setSent",
  `with d as (update deliveries set status = 'SENT' where message_id = $1)
   update batches set win = null where message_id = $1`,
);

withSent("/bounces/dsn responds 503 while the mail is in flight", 1, async (sent) => {
  await sent.db.run(SET_IN_FLIGHT, sent.messageId);
  assert.equal(await report(sent, 1, {}), 503);
  await sent.db.run(SET_SENT, sent.messageId);
  assert.equal(await report(sent, 1, {}), 200);
  assert.equal(await outcomeOf(sent, 1), "BOUNCED INVALID_RECIPIENT 5.1.1");
});

interface MailgunEvent {
  readonly event: string;
  readonly severity?: string;
  readonly reason?: string;
  readonly code?: number;
  readonly text?: string;
  readonly id?: string;
  readonly token?: string;
}

// As in Mailgun's documentation of its webhooks.
function mailgun(deliveryId: string, event: MailgunEvent, at = Date.now(), key = MAILGUN_KEY) {
  const timestamp = `${Math.floor(at / 1_000)}`;
  const token = event.token ?? crypto.randomUUID();
  return JSON.stringify({
    signature: {
      timestamp,
      token,
      signature: createHmac("sha256", key).update(timestamp + token).digest("hex"),
    },
    "event-data": {
      event: event.event,
      id: event.id ?? crypto.randomUUID(),
      timestamp: at / 1_000,
      "log-level": "error",
      severity: event.severity,
      reason: event.reason,
      "delivery-status": {
        "attempt-no": 1,
        message: event.text ?? "",
        code: event.code ?? 250,
        description: "",
        "session-seconds": 0.3,
      },
      flags: { "is-routed": false, "is-authenticated": true },
      message: {
        headers: { to: "Person", "message-id": `${deliveryId}@example.com`, subject: "News" },
        attachments: [],
        size: 111,
      },
      recipient: "person1@example.net",
      tags: [],
    },
  });
}

withSent("/bounces/mailgun records events", 4, async (sent) => {
  const { post, deliveryIds } = sent;
  const postEvent = (n: number, event: MailgunEvent) =>
    post("/webhooks/bounces/mailgun", mailgun(deliveryIds[n - 1] ?? "", event));
  const text = "550 5.1.1 The email account that you tried to reach does not exist";
  const failed = { event: "failed", severity: "permanent" };
  assert.equal(await postEvent(1, { ...failed, reason: "bounce", code: 550, text }), 200);
  assert.equal(await postEvent(2, { ...failed, severity: "temporary", code: 450 }), 200);
  assert.equal(await postEvent(2, { ...failed, reason: "old", code: 602, text: "Too old" }), 200);
  assert.equal(await postEvent(3, { event: "complained" }), 200);
  assert.equal(await postEvent(4, { event: "opened" }), 200);
  assert.equal(await outcomeOf(sent, 1), "BOUNCED INVALID_RECIPIENT 5.1.1");
  assert.equal(await outcomeOf(sent, 2), "BOUNCED OTHER old retryable");
  assert.equal(await outcomeOf(sent, 3), "COMPLAINED PERMISSION");
  assert.equal(await outcomeOf(sent, 4), "SENT");
  assert.deepEqual(await suppressed(sent), [
    "person1@example.net BOUNCED",
    "person3@example.net COMPLAINED",
  ]);
  assert.deepEqual(await figures(sent), {
    ...none,
    sent: 1,
    bounced: 2,
    complained: 1,
    retryable: 1,
  });
});

withSent("/bounces/mailgun accepts a token for one event only", 2, async (sent) => {
  const { post, deliveryIds: [one = "", two = ""] } = sent;
  const path = "/webhooks/bounces/mailgun";
  const token = "a8ce0edb2dd8301dee6c2405235584e45aa91d1e9f979f3de0";
  const event = { event: "complained", id: "Ase7i2zsRYeDXztHGENqRA", token };
  assert.equal(await post(path, mailgun(one, event)), 200);
  assert.equal(await post(path, mailgun(two, { ...event, id: "another" })), 401);
  assert.equal(await post(path, mailgun(two, event)), 200);
  assert.equal(await outcomeOf(sent, 2), "SENT");
  // The same event with a token of its own is accepted.
  assert.equal(await post(path, mailgun(two, { event: "complained", id: "another" })), 200);
  assert.equal(await outcomeOf(sent, 2), "COMPLAINED PERMISSION");
});

withSent("/bounces/mailgun checks signatures, and records an event once", 1, async (sent) => {
  const { post, deliveryIds: [id = ""] } = sent;
  const event = {
    event: "failed",
    severity: "permanent",
    code: 550,
    id: "Ase7i2zsRYeDXztHGENqRA",
  };
  const path = "/webhooks/bounces/mailgun";
  assert.equal(await post(path, mailgun(id, event, Date.now(), "another key")), 401);
  assert.equal(await post(path, mailgun(id, event, Date.now() - 13 * 60 * 60_000)), 401);
  assert.equal(await post(path, mailgun(id, event, Date.now() + 6 * 60_000)), 401);
  assert.equal(await post(path, mailgun(id, { ...event, id: "a\0b" })), 400);
  assert.equal(await post(path, mailgun(id, { ...event, id: "" })), 400);
  assert.equal(await post(path, "event=failed"), 400);
  assert.equal(await post(path, '{"signature":{}}'), 400);
  assert.equal(await outcomeOf(sent, 1), "SENT");
  assert.equal(await post(path, mailgun(id, event)), 200);
  assert.equal(await post(path, mailgun(id, { ...event, event: "complained" })), 200);
  assert.equal(await outcomeOf(sent, 1), "BOUNCED INVALID_RECIPIENT BOUNCED");
});
