import assert from "node:assert/strict";
import { DELIVERY, OTHER, read, reportMail, RETURNED, summaryOf } from "../../support/reports.ts";

const MESSAGE_FIELDS =
  "Reporting-MTA: dns; relay.example\nArrival-Date: Fri, 21 Nov 2025 17:15:27 -0500\n";
const FAILED = "Final-Recipient: rfc822; ann@example.net\nAction: failed\nStatus: 5.1.1\n" +
  "Diagnostic-Code: smtp; 550 5.1.1 No such user\n";
const UNCLEAR = "BOUNCED OTHER 5.0.0";
const NO_SUCH_USER = "BOUNCED INVALID_RECIPIENT 5.1.1 suppress";

const LAYOUTS: readonly [name: string, status: string][] = [
  ["as in RFC 3464", `${MESSAGE_FIELDS}\n${FAILED}`],
  ["one block for all", MESSAGE_FIELDS + FAILED],
  ["a blank line between all fields", `${MESSAGE_FIELDS}\n${FAILED}`.replaceAll("\n", "\n\n")],
  ["blank lines at the beginning", `\n\n${MESSAGE_FIELDS}\n\n\n${FAILED}`],
  ["no fields about the mail", FAILED],
  ["Action first", FAILED.replace(/(.*\n)(Action.*\n)/, "$2$1")],
  [
    "names in capitals, without blanks",
    `${MESSAGE_FIELDS}\n${FAILED}`.replaceAll(/^[\w-]+: /gm, (name) => name.trim().toUpperCase()),
  ],
  [
    "blanks before the colons, and a comment",
    FAILED.replaceAll(":", " :").replace("failed", "Failed (bad)"),
  ],
  [
    "a line that is broken without a blank",
    FAILED.replace("550 5.1.1 ", "550 5.1.1\n<ann@example.net>\n"),
  ],
  [
    "a folded reply of several lines",
    FAILED.replace("550 5.1.1 ", "550-5.1.1 Sorry,\n 550 5.1.1 "),
  ],
  [
    "the words of the relay before the reply",
    FAILED.replace("5.1.1\n", "5.0.0\nDiagnostic-Code: x-relay; Blocked\n"),
  ],
  ["the reply without blanks", FAILED.replace("smtp; ", "smtp;")],
  ["no Action", FAILED.replace("Action: failed\n", "")],
  ["an Action that RFC 3464 does not define", FAILED.replace("failed", "error")],
  [
    "a delayed recipient before, without a blank line",
    FAILED.replace("failed", "delayed").replaceAll("5.1.1", "4.4.1") + FAILED,
  ],
  [
    "a delayed recipient after",
    `${FAILED}\nOriginal-Recipient: rfc822; bob@example.net\n` +
    "Final-Recipient: rfc822; bob@example.net\nAction: delayed\nStatus: 4.4.1\n",
  ],
];

for (const [name, status] of LAYOUTS) {
  Deno.test(`readDsn() reads fields in this layout: ${name}`, async () => {
    assert.equal(await summaryOf(reportMail({ status, returned: RETURNED })), NO_SUCH_USER);
  });
}

const TYPES: readonly [name: string, shape: Parameters<typeof reportMail>[0]][] = [
  ["no report-type", { type: "multipart/report" }],
  ["report-type in capitals", { type: "Multipart/Report; Report-Type=DELIVERY-STATUS" }],
  ["multipart/mixed", { type: "multipart/mixed" }],
  ["parts in capitals", { statusType: "Message/Delivery-Status", returnedType: "Message/RFC822" }],
  ["the header of the mail only", { returnedType: "text/rfc822-headers" }],
  ["a singular header", { returnedType: "text/rfc822-header; charset=us-ascii" }],
  ["the mail without the type of a mail", {
    returnedType: 'application/octet-stream; name="mail"',
  }],
  ["an attached text", {
    returnedType: 'text/plain; name="mail.txt"\nContent-Disposition: attachment',
  }],
  ["the mail as text/rfc822", { returnedType: "text/rfc822" }],
  ["named parts", { statusType: 'message/delivery-status; name="status.txt"' }],
  ["fields in the text", { status: undefined, text: `It was impossible.\n\n${FAILED}` }],
];

for (const [name, shape] of TYPES) {
  Deno.test(`readDsn() reads a report with these types: ${name}`, async () => {
    const mail = reportMail({ status: FAILED, returned: RETURNED, ...shape });
    assert.equal(await summaryOf(mail), NO_SUCH_USER);
  });
}

Deno.test("readDsn() reads a report with another boundary than its header names, or without parts", async () => {
  const mail = reportMail({ status: `${MESSAGE_FIELDS}\n${FAILED}`, returned: RETURNED });
  assert.equal(await summaryOf(mail.replace('boundary="b1"', 'boundary="b2"')), NO_SUCH_USER);
  assert.equal(await summaryOf(mail.replaceAll(/^--b1.*\nContent-Type.*\n/gm, "")), NO_SUCH_USER);
});

Deno.test("readDsn() reads an expired mail as a temporary failure", async () => {
  const status =
    "X-Queue-ID: 1\n\nFinal-Recipient: rfc822; ann@example.net\nAction: expired\nStatus:\n" +
    "Diagnostic-Code: timed out\n";
  const expired = await summaryOf(reportMail({ status, returned: RETURNED }));
  assert.match(expired, /^BOUNCED \w+ GAVE_UP retryable$/);
});

Deno.test("readDsn() reads the text for people if no reply is quoted", async () => {
  const status = FAILED.replace("5.1.1", "5.0.0").replace(/Diagnostic-Code.*\n/, "");
  const text = "ann@example.net: mailbox is full";
  assert.deepEqual(await read(reportMail({ status, text, returned: RETURNED })), [
    ["BOUNCED", "RATE_LIMIT", "MAILBOX_FULL", text, ""],
  ]);
  const exit = `${status}Diagnostic-Code: x-unix; 77\n`;
  assert.equal((await read(reportMail({ status: exit, text, returned: RETURNED })))[0]?.[3], text);
});

Deno.test("readDsn() takes fields in the text of a mailing list's mail for no report", async () => {
  const header = "From: list@example.net\nPrecedence: bulk\nList-Id: <mail.example.net>\n";
  const text = `How to read a report about <${DELIVERY}@example.com>:\n\n${FAILED}`;
  assert.equal(await summaryOf(reportMail({ header, text, type: "multipart/mixed" })), "nothing");
  const status = FAILED;
  assert.equal(await summaryOf(reportMail({ header, status, returned: RETURNED })), NO_SUCH_USER);
});

Deno.test("readDsn() reads a reason that follows the fields of the mail in the text", async () => {
  const status = FAILED.replace("5.1.1", "5.0.0").replace(/Diagnostic-Code.*\n/, "");
  const text =
    `This report relates to a mail with these fields:\n\n  Message-id: <${DELIVERY}@example.com>\n` +
    "  Subject: News\n\nReason: 550 5.1.1 No such user";
  assert.equal(await summaryOf(reportMail({ status, text, returned: RETURNED })), NO_SUCH_USER);
});

Deno.test("readDsn() reads no cause in the subject and the content of the mail that a text quotes", async () => {
  const status = FAILED.replace("5.1.1", "5.0.0").replace(/Diagnostic-Code.*\n/, "");
  const text = "Your message\n\n  Subject: No such user\n\nwas not delivered: no answer";
  assert.equal(await summaryOf(reportMail({ status, text, returned: RETURNED })), UNCLEAR);
  const returned = `Received: from x by relay.example\n${RETURNED}\nNo such user\n`;
  const inText = reportMail({ status, returned, returnedType: "text/plain" });
  assert.equal(await summaryOf(inText), UNCLEAR);
  const daemon = `From: MAILER-DAEMON@relay.example\n\n${text}\n\n${RETURNED}`;
  assert.equal(await summaryOf(daemon), "BOUNCED OTHER BOUNCED");
});

Deno.test("readDsn() reads a text for people in HTML", async () => {
  const html = (status: string, reply: string) =>
    reportMail({
      status: FAILED.replace("5.1.1", status).replace(/Diagnostic-Code.*\n/, ""),
      text:
        `<style>p { content: "spam" }</style><!-- blocked --><p>To &lt;ann@example.net&gt;:<br>${reply}</p>`,
      returned: RETURNED,
    }).replace("Content-Type: text/plain", "Content-Type: text/html");
  const [found] = await read(html("5.0.0", "550 5.1.1 <b>No such</b>\nuser"));
  assert.equal(found?.[3], "To <ann@example.net>: 550 5.1.1 No such user");
  assert.equal(found?.[4], "suppress");
  assert.equal(
    await summaryOf(html("5.1.1", "The mailbox is full")),
    "BOUNCED RATE_LIMIT MAILBOX_FULL",
  );
  assert.equal(
    await summaryOf(html("5.1.1", "Blocked by our block&#32;list")),
    "BOUNCED PERMISSION 5.1.1",
  );
});

Deno.test("readDsn() reads both a delivered and a failed recipient of a forwarder", async () => {
  const status =
    `Final-Recipient: rfc822; bob@example.net\nAction: delivered\nStatus: 2.0.0\n\n${FAILED}`;
  assert.equal(
    await summaryOf(reportMail({ status, returned: RETURNED })),
    `DELIVERED, ${NO_SUCH_USER}`,
  );
});

const NAMED: readonly [name: string, shape: Parameters<typeof reportMail>[0]][] = [
  ["the last Message-ID", { returned: `Message-ID: <1@relay.example>\n${RETURNED}` }],
  ["a folded Message-ID", { returned: RETURNED.replace("<dlv", "\n <dlv") }],
  ["our own header", {
    returned: `${RETURNED.replace(DELIVERY, "1")}x-waybill-delivery: ${DELIVERY}\n`,
  }],
  ["a mail in a mail", { returned: `Subject: Fwd\n\n--b2\n\n${RETURNED}` }],
  ["the text for people", {
    text: `The message <${DELIVERY}@example.com> could not be delivered.`,
  }],
  ["a field of the report", {
    status: `X-Original-Message-ID: <${DELIVERY}@example.com>\n${FAILED}`,
  }],
  ["In-Reply-To", { header: `From: MAILER-DAEMON\nIn-Reply-To: <${DELIVERY}@example.com>\n` }],
];

for (const [name, shape] of NAMED) {
  Deno.test(`readDsn() finds the delivery by ${name}`, async () => {
    assert.equal(await summaryOf(reportMail({ status: FAILED, ...shape })), NO_SUCH_USER);
  });
}

const reference = `References: <${DELIVERY}@example.com>\n`;
const ABOUT_OTHERS: readonly [name: string, shape: Parameters<typeof reportMail>[0]][] = [
  ["a mail that answers ours", {
    returned: `Message-ID: <1@example.net>\nIn-Reply-To: <${DELIVERY}@example.com>\n${reference}`,
  }],
  ["another mail in our thread", {
    header: `From: MAILER-DAEMON@relay.example\n${reference}`,
    text: `About ${DELIVERY}`,
    returned: "Message-ID: <1@example.net>\n",
  }],
  ["one of two mails", { text: `Either <${DELIVERY}@example.com> or <${OTHER}@example.com>` }],
  ["a mail with an altered id", { returned: RETURNED.replace("dlv_0", "dlv_z") }],
];

for (const [name, shape] of ABOUT_OTHERS) {
  Deno.test(`readDsn() gives no feedback about ${name}`, async () => {
    assert.equal(await summaryOf(reportMail({ status: FAILED, ...shape })), "nothing");
  });
}
