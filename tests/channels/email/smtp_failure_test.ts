import assert from "node:assert/strict";
import type { DeliveryErrorType, Disposition } from "../../../src/channels/channel.ts";
import { classifySmtpFailure, type SmtpFailure } from "../../../src/channels/email/smtp_failure.ts";

const SILENCE: SmtpFailure = {
  reply: null,
  command: "CONN",
  code: "ECONNECTION",
  systemCode: null,
  message: "Connection closed unexpectedly",
  opened: true,
  bodyBegun: false,
  tlsFailedBefore: false,
};

const LIBRARY_CODES: Record<string, string> = {
  CONN: "EPROTOCOL",
  EHLO: "ECONNECTION",
  STARTTLS: "ETLS",
  "AUTH PLAIN": "EAUTH",
  "MAIL FROM": "EENVELOPE",
  "RCPT TO": "EENVELOPE",
  DATA: "EMESSAGE",
};

const BEFORE_MAIL = ["CONN", "EHLO", "STARTTLS", "AUTH PLAIN"];

/** A failure as the library tells it when the server answers `command` with `reply`. */
function replied(command: string, reply: string): SmtpFailure {
  const opened = !BEFORE_MAIL.includes(command);
  const code = LIBRARY_CODES[command] ?? null;
  return { ...SILENCE, command, reply, code, opened, bodyBegun: command === "DATA" };
}

type Row = [command: string, reply: string, type: DeliveryErrorType, disposition: Disposition];

const REPLIES: Row[] = [
  // 421; 4.3.x, 4.4.x
  ["CONN", "421 Service not available", "NETWORK", "retry"],
  ["MAIL FROM", "421 4.3.2 System not accepting mail", "NETWORK", "retry"],
  ["RCPT TO", "451 4.3.0 Temporary lookup failure", "NETWORK", "retry"],
  ["RCPT TO", "450 4.4.1 Destination unreachable", "NETWORK", "retry"],
  ["DATA", "452 4.3.1 Insufficient system storage", "NETWORK", "retry"],
  ["CONN", "421 Too many connections from your host", "RATE_LIMIT", "retry"],
  ["AUTH PLAIN", "421 too many connections", "RATE_LIMIT", "retry"],
  // 450/451 4.2.1 "too quickly", 4.7.x, 452 4.5.3, 454 after DATA
  ["RCPT TO", "450 4.2.1 The user is receiving mail too quickly", "RATE_LIMIT", "retry"],
  [
    "RCPT TO",
    "450-4.2.1 Receiving mail at a rate that\n450 4.2.1 is too high",
    "RATE_LIMIT",
    "retry",
  ],
  ["DATA", "451 4.7.1 Please try again later", "RATE_LIMIT", "retry"],
  ["CONN", "421 4.7.0 Try again later", "RATE_LIMIT", "retry"],
  ["RCPT TO", "452 4.5.3 Your message has too many recipients", "RATE_LIMIT", "retry"],
  ["DATA", "454 Throttling failure: Maximum sending rate exceeded.", "RATE_LIMIT", "retry"],
  ["DATA", "454 Temporary service failure", "RATE_LIMIT", "retry"],
  ["RCPT TO", "450 4.2.0 Greylisted, come back in 300 seconds", "RATE_LIMIT", "retry"],
  // 452 4.2.2 mailbox full, though it speaks of a quota
  ["RCPT TO", "452 4.2.2 The account is over quota", "INVALID_RECIPIENT", "retry"],
  ["RCPT TO", "550 Mailbox quota exceeded", "INVALID_RECIPIENT", "never"],
  ["RCPT TO", "550 User quota exceeded", "INVALID_RECIPIENT", "never"],
  ["RCPT TO", "552 Mailbox full", "INVALID_RECIPIENT", "never"],
  ["RCPT TO", "552 5.0.0 Recipient's mailbox is full", "INVALID_RECIPIENT", "never"],
  ["RCPT TO", "450 The user is overquota", "INVALID_RECIPIENT", "retry"],
  ["RCPT TO", "452 Mailbox full", "INVALID_RECIPIENT", "retry"],
  ["RCPT TO", "452 Insufficient system storage", "NETWORK", "retry"],
  // 454 during AUTH
  ["AUTH PLAIN", "454 4.7.0 Temporary authentication failure", "ACCESS_TOKEN", "retry"],
  ["AUTH PLAIN", "454 4.7.0 Too many login attempts", "RATE_LIMIT", "retry"],
  // 530/534/535, 5.7.8/5.7.9
  ["MAIL FROM", "530 5.7.0 Authentication required", "ACCESS_TOKEN", "pause"],
  ["AUTH PLAIN", "534 5.7.9 Application-specific password required", "ACCESS_TOKEN", "pause"],
  ["AUTH PLAIN", "535 Authentication failed", "ACCESS_TOKEN", "pause"],
  ["AUTH PLAIN", "535 5.7.8 Failing at a high rate: too many logins", "ACCESS_TOKEN", "pause"],
  ["MAIL FROM", "530 5.7.1 Client was not authenticated", "ACCESS_TOKEN", "pause"],
  ["RCPT TO", "530 5.7.1 Client was not authenticated", "ACCESS_TOKEN", "pause"],
  ["AUTH PLAIN", "550 5.7.8 Bad credentials", "ACCESS_TOKEN", "pause"],
  ["AUTH PLAIN", "504 Unrecognized authentication type", "ACCESS_TOKEN", "pause"],
  // RCPT 550/551/553: 5.1.1, 5.1.2, 5.1.3, 5.1.6, 5.1.10
  ["RCPT TO", "550 5.1.1 No such user", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 5.1.2 Bad destination system", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "553 5.1.3 Bad destination mailbox syntax", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "551 5.1.6 Mailbox has moved", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 5.1.10 Recipient not found", "INVALID_RECIPIENT", "suppress"],
  ["DATA", "550 5.1.1 No such user", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 No such user here", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "551 User not local", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "553 Mailbox name not allowed", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 5.0.0 User unknown", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "450 Mailbox busy", "INVALID_RECIPIENT", "retry"],
  // … but a sender on a block list says nothing about the recipient
  ["RCPT TO", "550 Blocked by zen.spamhaus.org", "PERMISSION", "never"],
  ["RCPT TO", "550 authentication required", "PERMISSION", "never"],
  ["RCPT TO", "550 Sender verify failed", "PERMISSION", "never"],
  ["RCPT TO", "550 Rejected by SPF", "PERMISSION", "never"],
  ["RCPT TO", "550 DKIM signature missing", "PERMISSION", "never"],
  ["RCPT TO", "550 Fails DMARC", "PERMISSION", "never"],
  ["RCPT TO", "550 Found in DNSBL", "PERMISSION", "never"],
  ["RCPT TO", "553 On an RBL", "PERMISSION", "never"],
  ["RCPT TO", "550 Administrative prohibition", "PERMISSION", "never"],
  ["RCPT TO", "550 service unavailable", "PERMISSION", "never"],
  [
    "RCPT TO",
    "553 sorry, that domain isn't in my list of allowed rcpthosts",
    "PERMISSION",
    "never",
  ],
  // … and neither do the words of an address
  ["RCPT TO", "550 5.1.1 <j@rate.example>: User unknown", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 5.1.1 j@rate.example... User unknown", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 5.1.1 <a@quotation.example> unknown", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 5.1.1 No quotation department", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 <throttle@x.org> User unknown", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 <spam@x.org> User unknown", "INVALID_RECIPIENT", "suppress"],
  ["RCPT TO", "550 <full-mailbox@x.org> User unknown", "INVALID_RECIPIENT", "suppress"],
  // 5.2.1, 5.2.2
  ["RCPT TO", "550 5.2.1 Mailbox disabled", "INVALID_RECIPIENT", "never"],
  ["DATA", "552 5.2.2 The account is over quota", "INVALID_RECIPIENT", "never"],
  // MAIL FROM 5xx, 5.1.7, 5.1.8, 5.7.26
  ["MAIL FROM", "550 Sender not allowed", "PERMISSION", "pause"],
  ["MAIL FROM", "550 5.7.1 Sender not allowed", "PERMISSION", "pause"],
  ["RCPT TO", "550 5.1.7 Bad sender address", "PERMISSION", "pause"],
  ["RCPT TO", "553 5.1.8 Sender domain does not exist", "PERMISSION", "pause"],
  ["DATA", "550 5.7.26 Unauthenticated sender", "PERMISSION", "pause"],
  ["MAIL FROM", "450 Sender not known yet", "PERMISSION", "retry"],
  // RCPT/DATA 5.7.1
  ["RCPT TO", "554 5.7.1 Relay access denied", "PERMISSION", "never"],
  ["DATA", "550 5.7.1 Message content rejected", "PERMISSION", "never"],
  // 5xx saying "too many", "rate" or "quota"
  ["DATA", "550 5.7.0 Requested action not taken: too many emails", "RATE_LIMIT", "retry"],
  ["MAIL FROM", "550 5.4.5 Daily user sending limit exceeded", "RATE_LIMIT", "retry"],
  ["DATA", "554 Message rejected: daily quota exceeded", "RATE_LIMIT", "retry"],
  // 5.2.3, 5.3.4, 5.6.x, remaining 5xx
  ["DATA", "552 5.2.3 Message length exceeds limit", "OTHER", "never"],
  ["MAIL FROM", "552 5.3.4 Message size exceeds fixed limit", "OTHER", "never"],
  ["RCPT TO", "553 5.6.7 Must declare SMTPUTF8", "OTHER", "never"],
  ["DATA", "554 Transaction failed", "OTHER", "never"],
  ["DATA", "554 5.4.6 Too many hops", "OTHER", "never"],
  ["RCPT TO", "552 Something about this one", "OTHER", "never"],
  ["RCPT TO", "550 5.4.1 Access denied", "OTHER", "never"],
  // What refuses the connection refuses no recipient
  ["CONN", "554 5.7.1 No service for your address", "NETWORK", "retry"],
  ["STARTTLS", "454 4.7.0 TLS not available", "NETWORK", "retry"],
];

for (const [command, reply, type, disposition] of REPLIES) {
  Deno.test(`classifySmtpFailure() calls "${reply}" to ${command} ${type}, ${disposition}`, () => {
    const error = classifySmtpFailure(replied(command, reply));
    assert.deepEqual([error.type, error.disposition], [type, disposition]);
  });
}

type LibraryRow = [code: string, message: string, type: DeliveryErrorType, Disposition];

const LIBRARY: LibraryRow[] = [
  ["EAUTH", 'Missing credentials for "PLAIN"', "ACCESS_TOKEN", "pause"],
  ["ENOAUTH", "Authentication credentials not provided", "ACCESS_TOKEN", "pause"],
  ["EOAUTH2", "Token refresh failed", "ACCESS_TOKEN", "pause"],
  ["ECONNECTION", "Connection closed unexpectedly", "NETWORK", "retry"],
  ["ETIMEDOUT", "Greeting never received", "NETWORK", "retry"],
  ["ESOCKET", "read ECONNRESET", "NETWORK", "retry"],
  ["EDNS", "getaddrinfo ENOTFOUND", "NETWORK", "retry"],
  ["EPROXY", "Proxy refused", "NETWORK", "retry"],
  ["EPROTOCOL", "Invalid greeting", "NETWORK", "retry"],
  ["EFETCH", "Fetch failed", "NETWORK", "retry"],
  ["EENVELOPE", 'Invalid sender "<"', "PERMISSION", "pause"],
  ["EENVELOPE", 'Invalid recipient "<"', "INVALID_RECIPIENT", "never"],
  ["EMESSAGE", "Message size larger than allowed 1000", "OTHER", "never"],
  ["EMESSAGE", "Empty message", "OTHER", "never"],
  ["ECONFIG", "Invalid configuration", "OTHER", "never"],
  ["EREQUIRETLS", "REQUIRETLS not supported", "OTHER", "never"],
  ["EFILEACCESS", "File access rejected", "OTHER", "never"],
  ["EURLACCESS", "Url access rejected", "OTHER", "never"],
  ["ESTREAM", "Stream failed", "OTHER", "never"],
  ["ESENDMAIL", "Sendmail exited with code 1", "OTHER", "never"],
  ["ESES", "Failed to send by SES", "OTHER", "never"],
  ["EMAXLIMIT", "Limit of retries reached", "OTHER", "never"],
];

for (const [code, message, type, disposition] of LIBRARY) {
  Deno.test(`classifySmtpFailure() calls ${code} "${message}" ${type}, ${disposition}`, () => {
    const error = classifySmtpFailure({ ...SILENCE, code, message });
    assert.deepEqual([error.type, error.disposition], [type, disposition]);
  });
}

for (const code of ["ECONNECTION", "ETIMEDOUT", "ESOCKET", "EDNS", "EPROXY", "EPROTOCOL"]) {
  Deno.test(`classifySmtpFailure() takes ${code} after the body was begun for unknown`, () => {
    const error = classifySmtpFailure({ ...SILENCE, code, bodyBegun: true });
    assert.deepEqual([error.type, error.disposition], ["NETWORK", "unknown"]);
  });
}

Deno.test("classifySmtpFailure() gives a full mailbox three attempts", () => {
  for (const reply of ["452 4.2.2 Mailbox full", "452 Mailbox full", "450 Mailbox over quota"]) {
    assert.equal(classifySmtpFailure(replied("RCPT TO", reply)).maxAttempts, 3);
  }
  assert.equal(classifySmtpFailure(replied("RCPT TO", "450 Busy")).maxAttempts, undefined);
});

Deno.test("classifySmtpFailure() retries failing TLS once, then pauses", () => {
  const expired = {
    ...SILENCE,
    code: "ESOCKET",
    systemCode: "CERT_HAS_EXPIRED",
    opened: false,
  };
  for (const failure of [expired, { ...SILENCE, code: "ETLS", opened: false }]) {
    assert.equal(classifySmtpFailure(failure).disposition, "retry");
    assert.equal(classifySmtpFailure({ ...failure, tlsFailedBefore: true }).disposition, "pause");
  }
});

Deno.test("classifySmtpFailure() tells a failing provider from a refused recipient", () => {
  for (const command of [...BEFORE_MAIL, "MAIL FROM"]) {
    assert.equal(classifySmtpFailure(replied(command, "451 Not now")).beforeRecipient, true);
  }
  for (const command of ["RCPT TO", "DATA"]) {
    assert.equal(classifySmtpFailure(replied(command, "451 Not now")).beforeRecipient, false);
  }
  const refused = { ...SILENCE, code: "ESOCKET", systemCode: "ECONNREFUSED", opened: false };
  assert.equal(classifySmtpFailure(refused).beforeRecipient, true);
  assert.equal(classifySmtpFailure(SILENCE).beforeRecipient, false);
});

Deno.test("classifySmtpFailure() gives the provider's code, or else the system's", () => {
  const codeOf = (failure: SmtpFailure) => classifySmtpFailure(failure).code;
  assert.equal(codeOf(replied("RCPT TO", "550-5.1.1 No\n550 5.1.1 such user")), "550 5.1.1");
  assert.equal(codeOf(replied("RCPT TO", "550 No such user")), "550");
  assert.equal(codeOf({ ...SILENCE, systemCode: "ECONNRESET" }), "ECONNRESET");
  assert.equal(codeOf(SILENCE), "ECONNECTION");
});

Deno.test("classifySmtpFailure() makes one line of at most 512 characters out of a reply", () => {
  const reply = `550-5.1.1 First line\r\n550 5.1.1 \0second ${"x".repeat(1_000)}`;
  const { message } = classifySmtpFailure(replied("RCPT TO", reply));
  assert.match(message, /^550-5\.1\.1 First line 550 5\.1\.1 second x+$/);
  assert.equal(message.length, 512);
});

Deno.test("classifySmtpFailure() shows the whole reply, addresses too", () => {
  const reply = "550 5.1.1 <j@rate.example>: User unknown";
  assert.equal(classifySmtpFailure(replied("RCPT TO", reply)).message, reply);
});

Deno.test("classifySmtpFailure() reads how long to wait out of the reply", () => {
  const waitOf = (reply: string) => classifySmtpFailure(replied("RCPT TO", reply)).retryAfterMs;
  assert.equal(waitOf("451 4.7.1 Greylisted, please try again in 300 seconds"), 300_000);
  assert.equal(waitOf("450 4.2.0 Try again after 5 minutes"), 300_000);
  assert.equal(waitOf("421 4.7.0 Blocked for 1 hour"), 3_600_000);
  assert.equal(waitOf("450 4.2.0 Try again in 99999 hours"), 24 * 3_600_000);
  assert.equal(waitOf("451 4.7.1 Try again later"), null);
  assert.equal(waitOf("550 5.1.1 Unknown, gone for 3 hours"), null);
});
