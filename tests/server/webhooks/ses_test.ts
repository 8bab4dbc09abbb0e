import assert from "node:assert/strict";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import type { RetryMode } from "../../../src/domain/deliveries/delivery.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, personAt, readDeliveries, readStatus } from "../../support/messages.ts";
import { withServer } from "../../support/server.ts";
import {
  certificateUrl,
  signedSns,
  type SnsShape,
  startSnsServer,
  TOPIC,
} from "../../support/sns.ts";

const HOST = "https://sns.eu-west-1.amazonaws.com";

type Test = (room: {
  /** Posts a message of SNS and returns the HTTP status. */
  post(body: string): Promise<number>;
  /** TypeIDs, by number. */
  readonly deliveryIds: readonly string[];
  /** "BOUNCED INVALID_RECIPIENT 5.1.1", by number. */
  outcomes(): Promise<string[]>;
  status(): Promise<string>;
  /** Number of mails that the mail server has received. */
  mailCount(): number;
  runQueued(): Promise<void>;
  readonly requestedPaths: readonly string[];
}) => Promise<void>;

interface Settings {
  /** Loses the reply to the first mail. */
  readonly firstUnknown?: boolean;
  /** Absent: MANUAL. */
  readonly mode?: RetryMode;
}

function withSes(
  name: string,
  test: Test,
  { firstUnknown = false, mode = "MANUAL" }: Settings = {},
): void {
  onEveryMail(name, async ({ send, worker, smtp, db, services, organization: { admin } }) => {
    if (firstUnknown) {
      smtp.replies.beforeReply = (address) => {
        if (address === personAt(1)) smtp.closeConnections();
        return Promise.resolve();
      };
    }
    const retry = { mode, maxAttempts: 5 };
    const { id: messageId } = await send({ to: { list: people(4) }, retry });
    await worker.runQueued();
    const { edges } = await listDeliveries(services, admin, { messageId }, "CREATED_ASC", {});
    const sns = startSnsServer();
    const webhooks = {
      secret: null,
      mailgunSigningKey: null,
      snsTopicArns: [TOPIC],
      fetch: sns.fetch,
    };
    await withServer(db, async ({ url }) => {
      await test({
        async post(body) {
          const address = new URL("/webhooks/bounces/ses", url);
          const response = await fetch(address, { method: "POST", body });
          await response.body?.cancel();
          return response.status;
        },
        deliveryIds: edges.map(({ node }) => toTypeId("delivery", node.id)),
        async outcomes() {
          const rows = await readDeliveries(db, messageId);
          return rows.map(({ status, errorType, errorCode, retryable }) =>
            [status, errorType, errorCode, retryable && "retryable"].filter(Boolean).join(" ")
          );
        },
        status: () => readStatus(db, messageId),
        mailCount: () => smtp.received.length,
        runQueued: () => worker.runQueued(),
        requestedPaths: sns.requestedPaths,
      });
    }, { webhooks });
    await sns.close();
  }, () => ({ window: 1 }));
}

function notification(deliveryId: string, about: object, type = "notificationType"): string {
  return JSON.stringify({
    [type]: "bounce" in about ? "Bounce" : "complaint" in about ? "Complaint" : "Delivery",
    mail: {
      timestamp: "2026-07-13T09:00:00.000Z",
      messageId: "0100018f-mail",
      source: "noreply@example.com",
      headersTruncated: false,
      headers: [
        { name: "Subject", value: "News" },
        { name: "X-Waybill-Delivery", value: deliveryId },
      ],
      commonHeaders: { messageId: "<0100018f-mail@email.amazonses.com>", subject: "News" },
    },
    ...about,
  });
}

function bounce(bounceType: string, bounceSubType: string, diagnosticCode: string) {
  const recipient = { emailAddress: "person@example.net", action: "failed", diagnosticCode };
  return { bounce: { bounceType, bounceSubType, bouncedRecipients: [recipient] } };
}

withSes(
  "POST /webhooks/bounces/ses records bounces and complaints",
  async ({ post, deliveryIds, outcomes, requestedPaths }) => {
    const report = (n: number, about: object, type?: string, overrides: Partial<SnsShape> = {}) =>
      post(
        signedSns({ ...overrides, Message: notification(deliveryIds[n - 1] ?? "", about, type) }),
      );
    const gone = bounce("Permanent", "General", "smtp; 550 5.1.1 user unknown");
    const full = bounce("Transient", "MailboxFull", "smtp; 452 4.2.2 full");
    const large = bounce("Transient", "MessageTooLarge", "");
    assert.equal(await report(1, gone), 200);
    assert.equal(await report(2, full, "eventType", { SignatureVersion: "1" }), 200);
    assert.equal(await report(3, large, undefined, { Subject: "Amazon SES" }), 200);
    assert.equal(await report(4, { complaint: { complaintFeedbackType: "abuse" } }), 200);
    assert.deepEqual(await outcomes(), [
      "BOUNCED INVALID_RECIPIENT 5.1.1",
      "BOUNCED RATE_LIMIT MAILBOX_FULL retryable",
      "BOUNCED OTHER Transient MessageTooLarge",
      "COMPLAINED PERMISSION abuse",
    ]);
    assert.equal(requestedPaths.length, 1, "the certificate is cached");
  },
);

withSes(
  "POST /webhooks/bounces/ses rejects wrong signatures, old messages and other topics",
  async (room) => {
    const { post, deliveryIds: [id = ""], outcomes } = room;
    const Message = notification(id, bounce("Permanent", "General", "550 5.1.1 unknown"));
    assert.equal(await post(signedSns({ Message }).replace("General", "Suppressed")), 401);
    const Timestamp = new Date(Date.now() - 3 * 60 * 60_000).toISOString();
    assert.equal(await post(signedSns({ Message, Timestamp })), 401);
    assert.equal(await post(signedSns({ Message, TopicArn: `${TOPIC}2` })), 403);
    assert.equal(await post(signedSns({ Message, MessageId: "a\0b" })), 400);
    assert.equal(await post("Hello"), 400);
    assert.equal(await post("{}"), 400);
    assert.equal((await outcomes())[0], "SENT");
  },
);

withSes(
  "POST /webhooks/bounces/ses accepts certificates from Amazon only",
  async ({ post, requestedPaths, outcomes }) => {
    const path = "/SimpleNotificationService-0123.pem";
    const signedBy = (SigningCertURL: string) => post(signedSns({ SigningCertURL }));
    for (
      const url of [
        `https://sns.eu-west-1.amazonaws.com.evil.example${path}`,
        `https://sns.us-east-1.amazonaws.com${path}`,
        `https://sns.eu-west-1.amazonaws.com.cn${path}`,
        `https://sns.eu-west-1.amazonaws.com@evil.example${path}`,
        `https://sns.eu-west-1.amazonaws.com:8443${path}`,
        `http://sns.eu-west-1.amazonaws.com${path}`,
        `${HOST}/bucket${path}`,
        `${HOST}${path}?x=.pem`,
        `${HOST}/SimpleNotificationService-.pem`,
        "",
      ]
    ) assert.equal(await signedBy(url), 401, url);
    assert.deepEqual(requestedPaths, []);
    assert.equal(await signedBy(certificateUrl("0404")), 401);
    assert.equal(await signedBy(certificateUrl("0")), 401);
    assert.equal(await signedBy(certificateUrl("00")), 401);
    assert.equal(await signedBy(certificateUrl("0500")), 503);
    assert.equal(await signedBy(certificateUrl("0302")), 503);
    assert.deepEqual(new Set(await outcomes()), new Set(["SENT"]));
  },
);

withSes("POST /webhooks/bounces/ses takes no automatic reply for a failure", async (room) => {
  const { post, deliveryIds: [id = "", other = ""], outcomes, mailCount, runQueued } = room;
  const about = { bounceType: "Transient", bounceSubType: "General", bouncedRecipients: [{}] };
  for (let times = 0; times < 3; times++) {
    for (const event of [{ delivery: {} }, { bounce: about }]) {
      assert.equal(await post(signedSns({ Message: notification(id, event) })), 200);
    }
    await runQueued();
  }
  const complaint = { complaintFeedbackType: "not-spam" };
  assert.equal(await post(signedSns({ Message: notification(other, { complaint }) })), 200);
  assert.deepEqual((await outcomes()).slice(0, 2), ["SENT", "SENT"]);
  assert.equal(mailCount(), 4);
}, { mode: "AUTO" });

withSes("POST /webhooks/bounces/ses records a repeated message once", async (room) => {
  const { post, deliveryIds: [one = "", two = ""], outcomes } = room;
  const MessageId = crypto.randomUUID();
  const about = bounce("Permanent", "General", "550 5.1.1 unknown");
  const first = signedSns({ MessageId, Message: notification(one, about) });
  assert.deepEqual([await post(first), await post(first)], [200, 200]);
  assert.equal(await post(signedSns({ MessageId, Message: notification(two, about) })), 200);
  assert.deepEqual((await outcomes()).slice(0, 2), ["BOUNCED INVALID_RECIPIENT 5.1.1", "SENT"]);
});

withSes(
  "POST /webhooks/bounces/ses confirms a subscription at Amazon only",
  async ({ post, requestedPaths, outcomes }) => {
    const request = { Type: "SubscriptionConfirmation", Token: "2336412f37" };
    assert.equal(await post(signedSns({ ...request, SubscribeURL: `${HOST}/confirm` })), 200);
    assert.ok(requestedPaths.includes("/confirm"));
    assert.equal(await post(signedSns({ ...request, SubscribeURL: "https://evil.example/" })), 400);
    assert.equal(await post(signedSns({})), 200);
    assert.deepEqual(new Set(await outcomes()), new Set(["SENT"]));
  },
);

withSes("POST /webhooks/bounces/ses resolves UNKNOWN as SENT after Delivery", async (room) => {
  const { post, deliveryIds: [id = ""], outcomes, status } = room;
  assert.equal((await outcomes())[0]?.split(" ")[0], "UNKNOWN");
  assert.equal(await status(), "PARTIALLY_SENT");
  assert.equal(await post(signedSns({ Message: notification(id, { delivery: {} }) })), 200);
  assert.equal((await outcomes())[0], "SENT");
  assert.equal(await status(), "SENT");
}, { firstUnknown: true });
