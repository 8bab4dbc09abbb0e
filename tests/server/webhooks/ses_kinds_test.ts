import assert from "node:assert/strict";
import type { Feedback } from "../../../src/domain/deliveries/feedback.ts";
import { parseTypeId } from "../../../src/domain/id.ts";
import { readSes } from "../../../src/server/webhooks/ses.ts";

const DELIVERY = "dlv_01h455vb4pex5vsknk084sn02q";

function read(type: string, about: object, field = "eventType"): readonly Feedback[] {
  const mail = { headers: [{ name: "X-Waybill-Delivery", value: DELIVERY }] };
  return readSes({
    Type: "Notification",
    MessageId: "1",
    TopicArn: "",
    Message: JSON.stringify({ [field]: type, mail, ...about }),
    Timestamp: "",
    SignatureVersion: "2",
    Signature: "",
    SigningCertURL: "",
  }).feedback;
}

/** "BOUNCED OTHER 5.1.1 retryable transient, listed as BOUNCED", or "nothing". */
function summaryOf([feedback]: readonly Feedback[]): string {
  if (!feedback) return "nothing";
  assert.equal(feedback.deliveryId, parseTypeId(DELIVERY)?.id);
  const { kind, errorType, code, retryable, transient, suppressAs } = feedback;
  const words = [kind, errorType, code, retryable && "retryable", transient && "transient"];
  return words.filter(Boolean).join(" ") + (suppressAs ? `, listed as ${suppressAs}` : "");
}

function bounce(bounceType: string, bounceSubType: string, recipient: object = {}): object {
  return { bounce: { bounceType, bounceSubType, bouncedRecipients: [recipient] } };
}

const smtp = (reply: string) => ({ diagnosticCode: `smtp; ${reply}` });

const BOUNCES: readonly [about: object, expected: string][] = [
  // An automatic reply.
  [bounce("Transient", "General"), "nothing"],
  [{ bounce: { bounceType: "Transient", bounceSubType: "General" } }, "nothing"],
  [
    bounce("Transient", "General", smtp("451 4.3.0 Try again later")),
    "BOUNCED NETWORK 4.3.0 retryable transient",
  ],
  [bounce("Transient", "MailboxFull"), "BOUNCED RATE_LIMIT MAILBOX_FULL retryable transient"],
  [
    bounce("Transient", "MailboxFull", smtp("452 4.2.2 Mailbox full")),
    "BOUNCED RATE_LIMIT MAILBOX_FULL retryable transient",
  ],
  [
    bounce("Transient", "ContentRejected"),
    "BOUNCED OTHER Transient ContentRejected transient",
  ],
  [
    bounce("Transient", "MessageTooLarge", smtp("552 5.3.4 Message too big")),
    "BOUNCED OTHER 5.3.4 transient",
  ],
  [bounce("Undetermined", "Undetermined"), "BOUNCED OTHER Undetermined Undetermined"],
  [
    bounce("Undetermined", "Undetermined", smtp("550 5.1.1 No such user")),
    "BOUNCED INVALID_RECIPIENT 5.1.1, listed as BOUNCED",
  ],
  [
    bounce("Permanent", "General", smtp("550 5.1.1 No such user")),
    "BOUNCED INVALID_RECIPIENT 5.1.1, listed as BOUNCED",
  ],
  // The reply blames the sender, and no reply names a cause at all.
  [
    bounce("Permanent", "General", smtp("550 5.7.1 Message rejected due to DMARC policy")),
    "BOUNCED PERMISSION 5.7.1",
  ],
  [bounce("Permanent", "General"), "BOUNCED OTHER Permanent General"],
  [
    bounce("Permanent", "NoEmail"),
    "BOUNCED INVALID_RECIPIENT Permanent NoEmail, listed as BOUNCED",
  ],
  [
    bounce("Permanent", "Suppressed", {
      status: "5.1.1",
      diagnosticCode: "Amazon SES has suppressed sending to this address",
    }),
    "BOUNCED INVALID_RECIPIENT Permanent Suppressed, listed as BOUNCED",
  ],
  [
    bounce("Permanent", "OnAccountSuppressionList"),
    "BOUNCED INVALID_RECIPIENT Permanent OnAccountSuppressionList, listed as BOUNCED",
  ],
];

for (const [about, expected] of BOUNCES) {
  const name = JSON.stringify(about).replaceAll(/"?(bounce|bounced)\w*"?:|["{}[\]]/g, "");
  Deno.test(`readSes() reads the bounce ${name} as ${expected}`, () => {
    assert.equal(summaryOf(read("Bounce", about)), expected);
    assert.equal(summaryOf(read("Bounce", about, "notificationType")), expected);
  });
}

const COMPLAINTS: readonly [complaint: object, expected: string][] = [
  [{}, "COMPLAINED PERMISSION, listed as COMPLAINED"],
  [{ complaintFeedbackType: "abuse" }, "COMPLAINED PERMISSION abuse, listed as COMPLAINED"],
  [{ complaintFeedbackType: "not-spam" }, "nothing"],
  [{ complaintFeedbackType: "auth-failure" }, "nothing"],
  [{ complaintFeedbackType: "virus" }, "nothing"],
  [
    { complaintSubType: "OnAccountSuppressionList" },
    "SUPPRESSED, listed as COMPLAINED",
  ],
];

for (const [complaint, expected] of COMPLAINTS) {
  Deno.test(`readSes() reads the complaint ${JSON.stringify(complaint)} as ${expected}`, () => {
    assert.equal(summaryOf(read("Complaint", { complaint })), expected);
  });
}

Deno.test("readSes() reads the other events of a configuration set", () => {
  const preferences = (unsubscribeAll: boolean) => ({
    subscription: { contactList: "news", newTopicPreferences: { unsubscribeAll } },
  });
  assert.equal(
    summaryOf(read("Subscription", preferences(true))),
    "UNSUBSCRIBED, listed as UNSUBSCRIBED",
  );
  assert.equal(summaryOf(read("Subscription", preferences(false))), "nothing");
  assert.equal(
    summaryOf(read("Reject", { reject: { reason: "Bad content" } })),
    "BOUNCED OTHER Reject",
  );
  assert.equal(summaryOf(read("Delivery", { delivery: {} })), "DELIVERED");
  for (const type of ["Send", "Open", "Click", "DeliveryDelay", "Rendering Failure"]) {
    assert.equal(summaryOf(read(type, {})), "nothing");
  }
});
