import assert from "node:assert/strict";
import { DELIVERY, read, readSigned } from "../../support/reports.ts";

// RFC 3464 Appendix E.1, with the returned mail.
const RFC = `Date: Thu, 7 Jul 1994 17:16:05 -0400
From: Mail Delivery Subsystem <MAILER-DAEMON@CS.UTK.EDU>
Message-Id: <199407072116.RAA14128@CS.UTK.EDU>
Subject: Returned mail: Cannot send message for 5 days
To: <owner-info-mime@cs.utk.edu>
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status;
      boundary="RAA14128.773615765/CS.UTK.EDU"

--RAA14128.773615765/CS.UTK.EDU

The original message was received at Sat, 2 Jul 1994 17:10:28 -0400
from root@localhost

--RAA14128.773615765/CS.UTK.EDU
content-type: message/delivery-status

Reporting-MTA: dns; cs.utk.edu

Original-Recipient: rfc822;louisl@larry.slip.umd.edu
Final-Recipient: rfc822;louisl@larry.slip.umd.edu
Action: failed
Status: 4.0.0
Diagnostic-Code: smtp; 426 connection timed out
Last-Attempt-Date: Thu, 7 Jul 1994 17:15:49 -0400

--RAA14128.773615765/CS.UTK.EDU
content-type: message/rfc822

Message-ID: <${DELIVERY}@example.com>
Subject: News

Dear Louis
--RAA14128.773615765/CS.UTK.EDU--
`;

Deno.test("readDsn() reads the example of RFC 3464 as a temporary bounce", async () => {
  assert.deepEqual(await read(RFC), [
    ["BOUNCED", "OTHER", "4.0.0", "426 connection timed out", "retryable"],
  ]);
});

const EXCHANGE = `From: <postmaster@example.net>
To: <noreply@example.com>
Date: Mon, 13 Jul 2026 09:00:01 +0000
Content-Type: multipart/report; report-type=delivery-status;
	boundary="b2e6b9a1-6d5a"
Content-Language: en-GB
Message-ID: <5ce9@AM9PR.prod.example.net>
In-Reply-To: <0100018f@email.amazonses.com>
References: <0100018f@email.amazonses.com>
Subject: Undeliverable: News
MIME-Version: 1.0

--b2e6b9a1-6d5a
Content-Type: multipart/alternative; differences=Content-Type;
	boundary="inner-b2e6b9a1"

--inner-b2e6b9a1
Content-Type: text/plain; charset="utf-8"
Content-Transfer-Encoding: base64

WW91ciBtZXNzYWdlIGNvdWxkbid0IGJlIGRlbGl2ZXJlZC4=

--inner-b2e6b9a1--

--b2e6b9a1-6d5a
Content-Type: message/delivery-status

Reporting-MTA: dns;AM9PR.prod.example.net
Received-From-MTA: dns;mail.example.com
Arrival-Date: Mon, 13 Jul 2026 09:00:00 +0000

Final-Recipient: rfc822;person@example.net
Action: failed
Status: 5.1.10
Diagnostic-Code: smtp;550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient
 person@example.net not found by SMTP address lookup

--b2e6b9a1-6d5a
Content-Type: message/rfc822

Received: from mail.example.com (10.0.0.1) by AM9PR.prod.example.net with
 Microsoft SMTP Server; Mon, 13 Jul 2026 09:00:00 +0000
Message-ID: <0100018f@email.amazonses.com>
X-Waybill-Delivery: ${DELIVERY}
Subject: News
Content-Type: text/plain

Dear Person
--b2e6b9a1-6d5a--
`;

Deno.test("readDsn() reads a report of Exchange that returns the mail under another Message-ID", async () => {
  assert.deepEqual(await read(EXCHANGE), [[
    "BOUNCED",
    "INVALID_RECIPIENT",
    "5.1.10",
    "550 5.1.10 RESOLVER.ADR.RecipientNotFound; Recipient person@example.net not found by SMTP " +
    "address lookup",
    "suppress",
  ]]);
});

function gmail(status: string, diagnostic: string): string {
  return `From: Mail Delivery Subsystem <mailer-daemon@googlemail.com>
To: noreply@example.com
Auto-Submitted: auto-replied
Subject: Delivery Status Notification (Failure)
References: <${DELIVERY}@example.com>
In-Reply-To: <${DELIVERY}@example.com>
X-Failed-Recipients: person@example.net
Message-ID: <66923f41.050a0220@mx.google.com>
MIME-Version: 1.0
Content-Type: multipart/report; boundary="000000000000c5c0"; report-type=delivery-status

--000000000000c5c0
Content-Type: multipart/related; boundary="000000000000c5c1"

--000000000000c5c1
Content-Type: text/plain; charset="UTF-8"

** Address not found **

--000000000000c5c1--
--000000000000c5c0
Content-Type: message/delivery-status

Reporting-MTA: dns; googlemail.com
Arrival-Date: Mon, 13 Jul 2026 02:00:00 -0700 (PDT)
X-Original-Message-ID: <${DELIVERY}@example.com>

Final-Recipient: rfc822; person@example.net
Action: failed
Status: ${status}
Remote-MTA: dns; gmail-smtp-in.l.google.com. (192.0.2.1, the server for the domain.)
Diagnostic-Code: smtp; ${diagnostic}
Last-Attempt-Date: Mon, 13 Jul 2026 02:00:01 -0700 (PDT)

--000000000000c5c0--
`;
}

const shapes: [what: string, status: string, diagnostic: string, expected: string[]][] = [
  ["an unknown user", "5.1.1", "550-5.1.1 The email account does not exist.", [
    "INVALID_RECIPIENT",
    "5.1.1",
    "suppress",
  ]],
  ["a vague status, by what the other server said", "5.0.0", "550 5.7.1 Blocked for spam", [
    "PERMISSION",
    "5.7.1",
    "",
  ]],
  ["a full mailbox", "5.2.2", "552 5.2.2 Over quota", ["RATE_LIMIT", "MAILBOX_FULL", ""]],
  ["a mail that is too large", "5.3.4", "552 5.3.4 Too big", ["OTHER", "5.3.4", ""]],
  ["a server that did not respond for days", "4.4.1", "No answer", [
    "NETWORK",
    "4.4.1",
    "retryable",
  ]],
];

for (const [what, status, diagnostic, [type, code, effects]] of shapes) {
  Deno.test(`readDsn() reads a report of Gmail that names the mail in In-Reply-To: ${what}`, async () => {
    const [found, ...others] = await read(gmail(status, diagnostic));
    assert.deepEqual(others, []);
    assert.deepEqual([found?.[1], found?.[2], found?.[4]], [type, code, effects]);
  });
}

Deno.test("readDsn() reads delivered, relayed and expanded as DELIVERED", async () => {
  for (const action of ["delivered", "relayed", "Expanded (to a list)"]) {
    const mail = EXCHANGE.replace("Action: failed", `Action: ${action}`);
    assert.equal((await read(mail))[0]?.[0], "DELIVERED");
  }
});

Deno.test("readDsn() gives no feedback for a delayed mail", async () => {
  assert.deepEqual(await read(EXCHANGE.replace("Action: failed", "Action: delayed")), []);
});

Deno.test("readDsn() reads a report that returns a mail of several megabytes", async () => {
  const returned = "Dear Person\n".repeat(300_000);
  assert.equal((await read(EXCHANGE.replace("Dear Person\n", returned)))[0]?.[2], "5.1.10");
});

Deno.test("readDsn() rejects mails that take long to parse within 10 seconds", async () => {
  const parts = Array.from(
    { length: 300 },
    (_, depth) => `Content-Type: multipart/mixed; boundary="${depth}"\n\n--${depth}\n`,
  );
  const startedAt = performance.now();
  for (
    const mail of [
      "\n".repeat(10_000_000),
      parts.join(""),
      `Subject: ${"x".repeat(500_000)}\n\nHello`,
      `To: ${"a,".repeat(500_000)}\n\nHello`,
      `Content-Type: text/html\n\n${"<style".repeat(150_000)}`,
      `Content-Type: text/html\n\n${"<!--".repeat(200_000)}`,
      `Content-Type: text/html\n\n${"<p ".repeat(300_000)}`,
    ]
  ) await assert.rejects(readSigned(mail), { name: "WebhookError", status: 400 });
  // Without limits the parser takes minutes and all memory.
  assert.ok(performance.now() - startedAt < 10_000);
});

Deno.test("readDsn() reads reports with any line end", async () => {
  const [expected] = (await readSigned(RFC)).feedback;
  for (const lineEnd of ["\n", "\r"]) {
    assert.deepEqual((await readSigned(RFC, lineEnd)).feedback, [expected]);
  }
});

Deno.test("readDsn() reads a report in UTF-8 (RFC 6533)", async () => {
  const mail = EXCHANGE.replace("message/delivery-status", "message/global-delivery-status");
  assert.equal((await read(mail))[0]?.[2], "5.1.10");
});
