import assert from "node:assert/strict";
import { errorPattern } from "../../../src/domain/problems/pattern.ts";

/** Texts of real servers and libraries; those of one row have the same cause. */
const CAUSES: Readonly<
  Record<string, readonly (readonly [pattern: string, ...texts: string[]])[]>
> = {
  Gmail: [
    [
      "550 5.1.1 The email account that you tried to reach does not exist. Please try double-checking " +
      "the recipient's email address for typos or unnecessary spaces. For more information, go to … - gsmtp",
      "550-5.1.1 The email account that you tried to reach does not exist. Please try 550-5.1.1 " +
      "double-checking the recipient's email address for typos or 550-5.1.1 unnecessary spaces. For " +
      "more information, go to 550 5.1.1 https://support.google.com/mail/?p=NoSuchUser " +
      "6a1803df08f44-6d4a9d9ad5bsi123456d6.52 - gsmtp",
      "550-5.1.1 The email account that you tried to reach does not exist. Please try\n550-5.1.1 " +
      "double-checking the recipient's email address for typos or\n550-5.1.1 unnecessary spaces. For " +
      "more information, go to\n550 5.1.1  https://support.google.com/mail/?p=NoSuchUser " +
      "4fb4d7f45d1cf-5fb8a1si998877a12.101 - gsmtp",
    ],
    [
      "535 5.7.8 Username and Password not accepted. For more information, go to … - gsmtp",
      "535-5.7.8 Username and Password not accepted. For more information, go to 535 5.7.8 " +
      "https://support.google.com/mail/?p=BadCredentials a1e0cc1a2514c-87abc1234si11.2 - gsmtp",
    ],
    [
      "421 4.7.0 … Our system has detected an unusual rate of unsolicited mail originating from your IP " +
      "address. … - gsmtp",
      "421-4.7.0 [192.0.2.7      15] Our system has detected an unusual rate of unsolicited mail " +
      "originating from your IP address. 421 4.7.0 https://support.google.com/mail/answer/81126 " +
      "d2e1a72fcca58-6ea - gsmtp",
      "421-4.7.0 [2001:db8::7] Our system has detected an unusual rate of unsolicited mail originating " +
      "from your IP address. 421 4.7.0 https://support.google.com/mail/answer/81126 x9-20020a - gsmtp",
    ],
    [
      "452 4.2.2 The recipient's inbox is out of storage space. Please direct the recipient to … - gsmtp",
      "452-4.2.2 The recipient's inbox is out of storage space. 452 4.2.2 Please direct the recipient " +
      "to https://support.google.com/mail/?p=OverQuotaTemp a1-20020a sor123 - gsmtp",
    ],
  ],
  Outlook: [
    [
      "550 5.7.515 Access denied, sending domain … doesn't meet the required authentication level. The " +
      "sender's domain in the … address doesn't meet the authentication requirements defined for the " +
      "sender. Sp",
      "550 5.7.515 Access denied, sending domain EXAMPLE.COM doesn't meet the required authentication " +
      "level. The sender's domain in the 5322.From address doesn't meet the authentication requirements " +
      "defined for the sender. Spf= Pass , Dkim= Fail , DMARC= Fail " +
      "[AM6EUR05FT030.eop-eur05.prod.protection.outlook.com 2026-05-06T10:11:12.345Z 08DD8B]",
    ],
    [
      "550 5.5.0 Requested action not taken: mailbox unavailable (…). …",
      "550 5.5.0 Requested action not taken: mailbox unavailable (S2017062302). " +
      "[DB5EUR02FT012.eop-EUR02.prod.protection.outlook.com 2026-11-01T12:00:00.000Z 08DC123]",
    ],
    [
      "550 5.4.1 Recipient address rejected: Access denied. …",
      "550 5.4.1 Recipient address rejected: Access denied. " +
      "[VI1EUR04FT046.eop-eur04.prod.protection.outlook.com 2026-11-01T12:00:00.000Z 08DC]",
      "550 5.4.1 Recipient address rejected: Access denied. " +
      "[AM7EUR06FT064.eop-eur06.prod.protection.outlook.com 2026-12-24T00:00:01.123Z 09AB]",
    ],
    [
      "550 5.7.1 Unfortunately, messages from … weren't sent. Please contact your Internet service " +
      "provider since part of their network is on our block list (…).",
      "550 5.7.1 Unfortunately, messages from [192.0.2.7] weren't sent. Please contact your Internet " +
      "service provider since part of their network is on our block list (S3140).",
    ],
  ],
  Postfix: [
    [
      "550 5.1.1 …: Recipient address rejected: User unknown in virtual mailbox table",
      "550 5.1.1 <ann@example.com>: Recipient address rejected: User unknown in virtual mailbox table",
      '550 5.1.1 <"bob smith"@example.org>: Recipient address rejected: User unknown in virtual ' +
      "mailbox table",
      "550 5.1.1 <müller@exämple.de>: Recipient address rejected: User unknown in virtual mailbox table",
    ],
    ["554 5.7.1 …: Relay access denied", "554 5.7.1 <ann@example.com>: Relay access denied"],
    [
      "450 4.2.0 …: Recipient address rejected: Greylisted, see …",
      "450 4.2.0 <ann@example.com>: Recipient address rejected: Greylisted, see " +
      "http://postgrey.schweikert.ch/help/example.com.html",
    ],
    [
      "554 5.7.1 Service unavailable; Client host … blocked using …",
      "554 5.7.1 Service unavailable; Client host [192.0.2.7] blocked using zen.spamhaus.org; " +
      "https://www.spamhaus.org/query/ip/192.0.2.7",
    ],
  ],
  Exim: [
    ["550 Unrouteable address", "550 Unrouteable address"],
    [
      "550 Verification failed for … No Such User Here Sender verify failed",
      "550-Verification failed for <me@example.org> 550-No Such User Here 550 Sender verify failed",
    ],
    [
      "421 …: SMTP command timeout - closing connection",
      "421 mx1.example.com: SMTP command timeout - closing connection",
      "421 mail.example.co.uk: SMTP command timeout - closing connection",
    ],
  ],
  "Amazon SES": [
    [
      "554 Message rejected: Email address is not verified. The following identities failed the check in " +
      "region …",
      "554 Message rejected: Email address is not verified. The following identities failed the check " +
      "in region EU-WEST-1: me@example.com, ann@example.com",
      "554 Message rejected: Email address is not verified. The following identities failed the check " +
      "in region US-EAST-2: you@example.com",
    ],
    [
      "454 Throttling failure: Daily message quota exceeded.",
      "454 Throttling failure: Daily message quota exceeded.",
    ],
  ],
  Mailgun: [
    [
      "… Not delivering to previously bounced address",
      "605 Not delivering to previously bounced address",
    ],
    [
      "421 Domain … is not allowed to send: The domain is unverified and requires DNS configuration.",
      "421 Domain mg.example.com is not allowed to send: The domain is unverified and requires DNS " +
      "configuration.",
    ],
  ],
  network: [
    [
      "connect ECONNREFUSED …",
      "connect ECONNREFUSED 127.0.0.1:2525",
      "connect ECONNREFUSED 10.0.0.1:25",
    ],
    ["getaddrinfo ENOTFOUND …", "getaddrinfo ENOTFOUND smtp.example.com"],
    [
      "No connection to the server was open within … s",
      "No connection to the server was open within 20 s",
      "No connection to the server was open within 7.5 s",
    ],
  ],
  PostgreSQL: [
    [
      "duplicate key value violates unique constraint …",
      'duplicate key value violates unique constraint "messages_idempotency"',
    ],
    [
      "deadlock detected: Process … waits for ShareLock on transaction …; blocked by process ….",
      "deadlock detected: Process 123 waits for ShareLock on transaction 456; blocked by process 789.",
    ],
    [
      "invalid input syntax for type uuid: …",
      'invalid input syntax for type uuid: "abc"',
    ],
  ],
  HTTP: [
    ["HTTP 503 Service Unavailable", "HTTP 503 Service Unavailable"],
    ["Request failed with status 502", "Request failed with status 502"],
    [
      "error sending request for url (…): connection closed before message completed",
      "error sending request for url (https://api.example.com/v1/x?y=1): connection closed before " +
      "message completed",
      "error sending request for url (http://10.0.0.7:8080/): connection closed before message completed",
    ],
    [
      "Rate limit reached for … in organization … on tokens per min (TPM): Limit …, Used …, Requested " +
      "…. Please try again in ….",
      "Rate limit reached for gpt-4o-mini in organization org-AbC123 on tokens per min (TPM): Limit " +
      "200000, Used 199000, Requested 2000. Please try again in 300ms.",
    ],
  ],
  program: [
    [
      "Cannot read properties of undefined (reading …)",
      "Cannot read properties of undefined (reading 'a')",
    ],
    [
      "ENOENT: no such file or directory, open …",
      "ENOENT: no such file or directory, open '/data/x/y.eml'",
      "ENOENT: no such file or directory, open ./mail/4711.eml",
    ],
    [
      "Cannot resume message …: it doesn't exist, and isn't known",
      "Cannot resume message msg_01h455vb4pex5vsknk084sn02q: it doesn't exist, and isn't known",
      "Cannot resume message 0188bac7-4afa-78aa-bc3b-bd1eef28d881: it doesn't exist, and isn't known",
    ],
    ["payload.daysToKeep: is above …", "payload.daysToKeep: is above 36,500"],
    ["undefined variable: order.total", "undefined variable: order.total"],
    ["", "", " \n "],
    ["…", "12345", "/var/lib/postgresql", "ann@example.com"],
  ],
};

for (const [origin, causes] of Object.entries(CAUSES)) {
  Deno.test(`errorPattern() takes the variable parts out of errors of ${origin}`, () => {
    for (const [pattern, ...texts] of causes) {
      for (const text of texts) assert.equal(errorPattern(text), pattern);
    }
  });
}

Deno.test("errorPattern() distinguishes different causes", () => {
  const texts = [
    "550 5.1.1 User unknown",
    "550 5.2.1 User unknown",
    "451 4.1.1 User unknown",
    "550 5.1.1 User disabled",
    "HTTP 502 Bad Gateway",
    "HTTP 503 Bad Gateway",
    "undefined variable: plan",
    "undefined variable: name",
  ];
  assert.equal(new Set(texts.map(errorPattern)).size, texts.length);
});

Deno.test("errorPattern() returns at most 200 characters without a half of a pair", () => {
  const emoji = "😀";
  const pattern = errorPattern(`x ${emoji.repeat(200)}`);
  assert.ok(pattern.length <= 200);
  assert.equal(pattern.isWellFormed(), true);
});
