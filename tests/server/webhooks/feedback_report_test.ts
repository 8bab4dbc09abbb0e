import assert from "node:assert/strict";
import { DELIVERY, reportMail, RETURNED, summaryOf } from "../../support/reports.ts";

/** A complaint as in RFC 5965 appendix B, with a redacted recipient. */
function complaint(type: string, returned = RETURNED, returnedType = "message/rfc822"): string {
  return reportMail({
    type: "multipart/report; report-type=feedback-report",
    header: "From: <fbl@example.net>\n",
    text: "This is an abuse report for a message received from 192.0.2.1.",
    status: `Feedback-Type: ${type}\nUser-Agent: SomeGenerator/1.0\nVersion: 1\n` +
      "Original-Rcpt-To: redacted\nReceived-Date: Thu, 8 Mar 2005 14:00:00 EDT\n",
    statusType: "message/feedback-report",
    returned,
    returnedType,
  });
}

const COMPLAINED = "COMPLAINED PERMISSION abuse suppress";

Deno.test("readDsn() reads a complaint", async () => {
  assert.equal(await summaryOf(complaint("abuse")), COMPLAINED);
  assert.equal(await summaryOf(complaint("Abuse (spam)")), COMPLAINED);
  assert.equal(await summaryOf(complaint("abuse", RETURNED, "text/rfc822-headers")), COMPLAINED);
});

Deno.test("readDsn() finds the delivery of a complaint by our header, or by the last Message-ID", async () => {
  const rewritten = `${RETURNED.replace(DELIVERY, "1")}X-Waybill-Delivery: ${DELIVERY}\n`;
  assert.equal(await summaryOf(complaint("abuse", rewritten)), COMPLAINED);
  assert.equal(
    await summaryOf(complaint("abuse", `Message-ID: <1@fbl.example>\n${RETURNED}`)),
    COMPLAINED,
  );
  assert.equal(await summaryOf(complaint("abuse", RETURNED.replace(DELIVERY, "1"))), "nothing");
});

Deno.test("readDsn() reads a complaint of Microsoft, which has no report", async () => {
  const complaintAbout = (returned: string) =>
    reportMail({
      type: "multipart/mixed",
      header: "From: staff@hotmail.example\n",
      text: undefined,
      returned,
    });
  const field = "X-HmXmrOriginalRecipient: redacted\n";
  const ownHeader = `From: news@example.com\nX-Waybill-Delivery: ${DELIVERY}\n`;
  assert.equal(await summaryOf(complaintAbout(field + RETURNED)), COMPLAINED);
  assert.equal(await summaryOf(complaintAbout(field + ownHeader)), COMPLAINED);
  await assert.rejects(summaryOf(complaintAbout(RETURNED)), { status: 400 });
});

for (const type of ["fraud", "virus", "other", "not-spam", "auth-failure", "opt-out", ""]) {
  Deno.test(`readDsn() takes a report of type "${type}" for no complaint`, async () => {
    assert.equal(await summaryOf(complaint(type)), "nothing");
  });
}
