import assert from "node:assert/strict";
import { createHmac } from "node:crypto";
import { classifySmtpFailure } from "../../../src/channels/email/smtp_failure.ts";
import { readDsn } from "../../../src/server/webhooks/dsn.ts";
import { readMailgun } from "../../../src/server/webhooks/mailgun.ts";
import { readSes } from "../../../src/server/webhooks/ses.ts";
import type { Feedback } from "../../../src/domain/deliveries/feedback.ts";
import { QUOTABLE } from "../../channels/email/reply_corpus.ts";
import { dsn } from "../../support/dsn.ts";

const SECRET = "a secret of some length";
const DELIVERY = "dlv_01h455vb4pex5vsknk084sn02q";

/** Class of a reply to RCPT in the conversation. */
function inConversation(reply: string): string {
  const { type, disposition } = classifySmtpFailure({
    reply,
    command: "RCPT TO",
    code: "EENVELOPE",
    systemCode: null,
    message: reply,
    opened: true,
    bodyBegun: false,
    tlsFailedBefore: false,
  });
  return `${type} ${disposition === "suppress"}`;
}

function inReport([feedback]: readonly Feedback[]): string {
  return `${feedback?.errorType} ${feedback?.suppressAs === "BOUNCED"}`;
}

async function byDsn(reply: string): Promise<string> {
  const status = reply.startsWith("4") ? "4.0.0" : "5.0.0";
  // A field of a report is folded, not broken.
  const diagnostic = reply.replaceAll("\n", "\n ");
  const body = new TextEncoder().encode(dsn({ deliveryId: DELIVERY, status, diagnostic }));
  const t = Math.floor(Date.now() / 1_000);
  const v1 = createHmac("sha256", SECRET).update(`${t}.`).update(body).digest("hex");
  const headers = new Headers({ "x-waybill-signature": `t=${t},v1=${v1}` });
  return inReport((await readDsn(SECRET, headers, body)).feedback);
}

function byMailgun(reply: string): string {
  const timestamp = `${Math.floor(Date.now() / 1_000)}`;
  const token = "token";
  const signature = createHmac("sha256", SECRET).update(timestamp + token).digest("hex");
  const event = {
    signature: { timestamp, token, signature },
    "event-data": {
      id: "1",
      event: "failed",
      severity: "permanent",
      reason: "bounce",
      "delivery-status": { code: Number(reply.slice(0, 3)), message: reply },
      message: { headers: { "message-id": `${DELIVERY}@example.com` } },
    },
  };
  return inReport(readMailgun(SECRET, new TextEncoder().encode(JSON.stringify(event))).feedback);
}

function bySes(reply: string): string {
  const bounceType = reply.startsWith("4") ? "Transient" : "Permanent";
  const bouncedRecipients = [{ diagnosticCode: `smtp; ${reply}` }];
  const notification = {
    notificationType: "Bounce",
    mail: { headers: [{ name: "X-Waybill-Delivery", value: DELIVERY }] },
    bounce: { bounceType, bounceSubType: "General", bouncedRecipients },
  };
  const message = {
    Type: "Notification",
    MessageId: "1",
    TopicArn: "",
    Message: JSON.stringify(notification),
    Timestamp: "",
    SignatureVersion: "2",
    Signature: "",
    SigningCertURL: "",
  } as const;
  return inReport(readSes(message).feedback);
}

for (const reply of QUOTABLE) {
  Deno.test(`Bounce webhooks classify "${reply}" as the conversation does`, async () => {
    const expected = inConversation(reply);
    assert.equal(await byDsn(reply), expected);
    assert.equal(byMailgun(reply), expected);
    assert.equal(bySes(reply), expected);
  });
}
