import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { statement } from "../../../src/db/database.ts";
import { readErrorTypes } from "../../../src/domain/deliveries/stats.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import {
  figures,
  none,
  outcomeOf,
  SECRET,
  type Sent,
  suppressed,
  withSent,
} from "../../support/bounces.ts";
import { dsn, type DsnShape } from "../../support/dsn.ts";
import { reportMail } from "../../support/reports.ts";
import { readStatus } from "../../support/messages.ts";

function signed(body: string, at = Date.now(), secret = SECRET): Record<string, string> {
  const t = Math.floor(at / 1_000);
  const v1 = createHmac("sha256", secret).update(`${t}.${body}`).digest("hex");
  return { "x-waybill-signature": `t=${t},v1=${v1}`, "content-type": "message/rfc822" };
}

async function report({ post, deliveryIds }: Sent, n: number, overrides: Partial<DsnShape>) {
  const body = dsn({ deliveryId: deliveryIds[n - 1] ?? "", ...overrides });
  return await post("/webhooks/bounces/dsn", body, signed(body));
}

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

withSent("/bounces/dsn records complaints and reports of qmail, once", 3, async (sent) => {
  const { post, deliveryIds: [one = "", two = "", three = ""], db, messageId } = sent;
  const returned = (id: string) => `Message-ID: <${id}@example.com>\n`;
  const complaint = {
    status: "Feedback-Type: abuse\nOriginal-Rcpt-To: redacted\n",
    statusType: "message/feedback-report",
    returned: returned(one),
  };
  const qmail = "From: MAILER-DAEMON@relay.example\n\nHi. This is the qmail-send program.\n\n" +
    "<person2@example.net>:\nSorry, no mailbox here by that name. (#5.1.1)\n\n" +
    `--- Below this line is a copy of the message.\n\n${returned(two)}`;
  const holiday =
    `Auto-Submitted: auto-replied\nIn-Reply-To: <${three}@example.com>\n\nI am away.\n`;
  for (const mail of [reportMail(complaint), qmail, holiday, qmail]) {
    const body = mail.replaceAll("\n", "\r\n");
    assert.equal(await post("/webhooks/bounces/dsn", body, signed(body)), 200);
  }
  assert.equal(await outcomeOf(sent, 1), "COMPLAINED PERMISSION abuse");
  assert.equal(await outcomeOf(sent, 2), "BOUNCED INVALID_RECIPIENT 5.1.1");
  assert.equal(await outcomeOf(sent, 3), "SENT");
  assert.deepEqual(await suppressed(sent), [
    "person1@example.net COMPLAINED",
    "person2@example.net BOUNCED",
  ]);
  assert.equal(await readStatus(db, messageId), "PARTIALLY_SENT");
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
