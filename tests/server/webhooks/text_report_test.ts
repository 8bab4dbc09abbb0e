import assert from "node:assert/strict";
import {
  DELIVERY,
  read,
  readSigned,
  reportMail,
  RETURNED,
  summaryOf,
} from "../../support/reports.ts";

const DAEMON = "From: MAILER-DAEMON@relay.example\nTo: news@example.com\n";

/** A report of qmail-send about one recipient. */
function qmail(
  reason: string,
  begin = "Hi. This is the qmail-send program at relay.example.\n",
): string {
  return `${DAEMON}Subject: failure notice\n\n${begin}I'm afraid I wasn't able to deliver your message ` +
    "to the following addresses.\nThis is a permanent error; I've given up. Sorry it didn't work out.\n\n" +
    `<ann@example.net>:\n${reason}\n\n--- Below this line is a copy of the message.\n\n` +
    `Return-Path: <news@example.com>\nReceived: (qmail 317 invoked by uid 7)\n${RETURNED}\n` +
    "Your account is blocked, because your mailbox is full.\n";
}

const REASONS: readonly [reason: string, expected: string][] = [
  [
    "192.0.2.1 does not like recipient.\nRemote host said: 550 5.1.1 No such user\nGiving up on 192.0.2.1.",
    "BOUNCED INVALID_RECIPIENT 5.1.1 suppress",
  ],
  ["Sorry, no mailbox here by that name. (#5.1.1)", "BOUNCED INVALID_RECIPIENT 5.1.1 suppress"],
  [
    "Connected to 192.0.2.1 but sender was rejected.\nRemote host said: 550 5.7.1 Blocked by SPF",
    "BOUNCED PERMISSION 5.7.1",
  ],
  ["Remote host said: 552 5.2.2 Mailbox full", "BOUNCED RATE_LIMIT MAILBOX_FULL"],
];

for (const [reason, expected] of REASONS) {
  Deno.test(`readDsn() reads a report of qmail (QSBMF): ${reason.split("\n").at(-1)}`, async () => {
    assert.equal(await summaryOf(qmail(reason)), expected);
    const other = "Sorry, we were unable to deliver your message to the following address.\n";
    assert.equal(await summaryOf(qmail(reason, other)), expected);
  });
}

Deno.test("readDsn() reports the reply alone, without the words of qmail", async () => {
  const [feedback] = await read(qmail(REASONS[0]?.[0] ?? ""));
  assert.equal(feedback?.[3], "550 5.1.1 No such user");
});

const EXIM =
  "This message was created automatically by mail delivery software.\n\nA message that you sent " +
  "could not be delivered to one or more of its\nrecipients. This is a permanent error. The following " +
  "address(es) failed:\n\n  ann@example.net\n    host mx.example.net [192.0.2.1]\n    SMTP error from " +
  "remote mail server after RCPT TO:<ann@example.net>:\n    550 5.1.1 No such user here\n\n------ This is " +
  `a copy of the message, including all the headers. ------\n\n${RETURNED}\nHello`;

Deno.test("readDsn() reads a report of Exim", async () => {
  const mail = `X-Failed-Recipients: ann@example.net\nAuto-Submitted: auto-replied\n` +
    `From: Mail Delivery System <postmaster@relay.example>\n\n${EXIM}`;
  assert.equal(await summaryOf(mail), "BOUNCED INVALID_RECIPIENT 5.1.1 suppress");
  assert.match((await read(mail))[0]?.[3] ?? "", /^ann@example.net host mx/);
});

Deno.test("readDsn() reads other mails of a mailer daemon that return the mail", async () => {
  const text =
    "There was an error delivering your mail to <ann@example.net>.\n\n550 5.1.1 No such user";
  const plain = `${DAEMON}Subject: Mail delivery failed\n\n${text}\n\nMessage headers follow.\n\n` +
    `Received: from x by relay.example\n${RETURNED}`;
  assert.equal(await summaryOf(plain), "BOUNCED INVALID_RECIPIENT 5.1.1 suppress");
  const parts = reportMail({ text, returned: RETURNED, type: "multipart/mixed" });
  assert.equal(await summaryOf(parts), "BOUNCED INVALID_RECIPIENT 5.1.1 suppress");
  const empty = reportMail({
    text,
    status: "Reporting-MTA: dns; relay.example\n",
    returned: RETURNED,
  });
  assert.equal(await summaryOf(empty), "BOUNCED INVALID_RECIPIENT 5.1.1 suppress");
});

const REPLIES: readonly [reply: string, expected: string][] = [
  ["550 5.1.1 User unknown", "BOUNCED INVALID_RECIPIENT 5.1.1 suppress"],
  ["552 5.2.2 Mailbox full", "BOUNCED RATE_LIMIT MAILBOX_FULL"],
  ["550 5.7.26 Not authenticated", "BOUNCED PERMISSION 5.7.26"],
];

const LAYOUTS: readonly [name: string, build: (reply: string) => string][] = [
  [
    "Sendmail",
    (reply) =>
      `${DAEMON}Subject: Returned mail\n\nThe original message was received at Mon, 13 Jul 2026\n` +
      "from relay.example [192.0.2.9]\n\n   ----- The following addresses had permanent fatal errors -----\n" +
      `<ann@example.net>\n    (reason: ${reply})\n\n   ----- Transcript of session follows -----\n` +
      `... while talking to mail.example.net.:\n>>> DATA\n<<< ${reply}\n\n   ----- Original message follows` +
      ` -----\n\n${RETURNED}`,
  ],
  [
    "an old Sendmail",
    (reply) =>
      `${DAEMON}Subject: Returned mail\n\n   ----- Transcript of session follows -----\n>>> RCPT To:` +
      `<ann@example.net>\n<<< ${reply}\n\n   ----- Unsent message follows -----\n${RETURNED}`,
  ],
  [
    "Gmail",
    (reply) =>
      "From: mailer-daemon@relay.example\nX-Failed-Recipients: ann@example.net\n\nDelivery to the following " +
      "recipient failed permanently:\n\n     ann@example.net\n\nGoogle tried to deliver your message, but it was " +
      "rejected by the recipient domain. The error that the other server returned was: " +
      `${reply} (state 14).\n\n----- Original message -----\n\n${RETURNED}`,
  ],
  [
    "Exchange",
    (reply) =>
      "From: <postmaster@example.net>\nSubject: Undeliverable: News\nAuto-Submitted: auto-replied\n\nDelivery has " +
      "failed to these recipients or groups:\n\nann@example.net\nThe message was rejected.\n\nDiagnostic " +
      `information for administrators:\n\nann@example.net\nRemote Server returned '${reply}'\n\n` +
      `Original message headers:\n\n${RETURNED}`,
  ],
];

for (const [name, build] of LAYOUTS) {
  Deno.test(`readDsn() reads the reply that a report of ${name} quotes`, async () => {
    for (const [reply, expected] of REPLIES) {
      assert.equal(await summaryOf(build(reply)), expected);
      assert.ok((await read(build(reply)))[0]?.[3]?.includes(reply));
    }
  });
}

Deno.test("readDsn() reads a failure whose text has words of a delay or a delivery", async () => {
  for (const text of ["It was not successfully delivered.", "If you still need help, call us."]) {
    const mail = `${DAEMON}Subject: Failure\n\n550 5.1.1 User unknown\n\n${text}\n\n${RETURNED}`;
    assert.equal(await summaryOf(mail), "BOUNCED INVALID_RECIPIENT 5.1.1 suppress");
  }
});

Deno.test("readDsn() reads a mail from postmaster only if its subject names a failure", async () => {
  const mail = (subject: string) =>
    `From: postmaster@example.net\nSubject: ${subject}\nAuto-Submitted: auto-replied\n\nNo such user.\n\n${RETURNED}`;
  assert.equal(
    await summaryOf(mail("Undeliverable: News")),
    "BOUNCED INVALID_RECIPIENT BOUNCED suppress",
  );
  assert.equal(await summaryOf(mail("Re: Undeliverable: News")), "nothing");
  assert.equal(await summaryOf(mail("I am away")), "nothing");
});

Deno.test("readDsn() gives no feedback for a text about a delay, a delivery or another mail", async () => {
  const text = "Your message has not been delivered yet.\nThe server will keep trying for 2 days.";
  const warning = (subject: string, text: string) =>
    `${DAEMON}Subject: ${subject}\n\n${text}\n\n--- The header follows.\n\n${RETURNED}`;
  assert.equal(await summaryOf(warning("Report", text)), "nothing");
  assert.equal(
    await summaryOf(warning("Warning: could not send message", "Connection refused")),
    "nothing",
  );
  assert.equal(
    await summaryOf(warning("Delivery report", "The mail was successfully delivered.")),
    "nothing",
  );
  const reply = qmail("Sorry, no mailbox here by that name. (#5.1.1)")
    .replace(
      `Message-ID: <${DELIVERY}@example.com>`,
      `Message-ID: <1@a.example>\nIn-Reply-To: <${DELIVERY}>`,
    );
  assert.equal(await summaryOf(reply), "nothing");
});

const HOLIDAY = `Subject: Automatic reply: News\nIn-Reply-To: <${DELIVERY}@example.com>\n` +
  `References: <${DELIVERY}@example.com>\n\nI am away. My mailbox is full, and delivery failed.\n`;

for (
  const field of [
    "Auto-Submitted: auto-replied (vacation)",
    "X-Autoreply: yes",
    "Precedence: auto_reply",
  ]
) {
  Deno.test(`readDsn() ignores an automatic reply: ${field}`, async () => {
    assert.equal(await summaryOf(`From: ann@example.net\n${field}\n${HOLIDAY}`), "nothing");
    assert.equal(
      await summaryOf(`From: MAILER-DAEMON@example.net\n${field}\n${HOLIDAY}`),
      "nothing",
    );
  });
}

Deno.test("readDsn() ignores a read receipt", async () => {
  const status =
    `Final-Recipient: rfc822; ann@example.net\nOriginal-Message-ID: <${DELIVERY}@example.com>\n` +
    "Disposition: manual-action/MDN-sent-manually; displayed\n";
  const statusType = "message/disposition-notification";
  const type = "multipart/report; report-type=disposition-notification";
  const mail = reportMail({ status, statusType, type, header: "From: ann@example.net\n" });
  assert.equal(await summaryOf(mail), "nothing");
});

Deno.test("readDsn() rejects a reply of a person", async () => {
  const reply = `From: ann@example.net\nAuto-Submitted: no\n${HOLIDAY}`;
  await assert.rejects(readSigned(reply), { name: "WebhookError", status: 400 });
});
