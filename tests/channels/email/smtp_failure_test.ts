import assert from "node:assert/strict";
import type { DeliveryErrorType, Disposition } from "../../../src/channels/channel.ts";
import {
  classifySmtpFailure,
  isTlsFailure,
  type SmtpFailure,
} from "../../../src/channels/email/smtp_failure.ts";
import { REPLY_GROUPS } from "./reply_corpus.ts";

const NO_REPLY: SmtpFailure = {
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

/** Failure as nodemailer reports it when the server answers `command` with `reply`. */
function replied(command: string, reply: string): SmtpFailure {
  const opened = !BEFORE_MAIL.includes(command);
  const code = LIBRARY_CODES[command] ?? null;
  return { ...NO_REPLY, command, reply, code, opened, bodyBegun: command === "DATA" };
}

for (const { rule, type, disposition, replies } of REPLY_GROUPS) {
  Deno.test(`classifySmtpFailure() classifies "${rule}" as ${type}, ${disposition}`, () => {
    for (const [command, texts] of Object.entries(replies)) {
      for (const text of texts) {
        const error = classifySmtpFailure(replied(command, text));
        assert.deepEqual([error.type, error.disposition], [type, disposition], text);
      }
    }
  });
}

Deno.test("classifySmtpFailure() retries a refused connection, because no mail was refused", () => {
  for (
    const failure of [
      replied("CONN", "554 5.7.1 No service for your address"),
      replied("STARTTLS", "454 4.7.0 TLS not available"),
    ]
  ) {
    const error = classifySmtpFailure(failure);
    assert.deepEqual([error.type, error.disposition], ["NETWORK", "retry"]);
  }
});

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
  ["SMTPUTF8", "The mail server does not offer SMTPUTF8", "INVALID_RECIPIENT", "never"],
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
  Deno.test(`classifySmtpFailure() classifies ${code} "${message}" as ${type}, ${disposition}`, () => {
    const error = classifySmtpFailure({ ...NO_REPLY, code, message });
    assert.deepEqual([error.type, error.disposition], [type, disposition]);
  });
}

for (const [code, message, type] of LIBRARY) {
  Deno.test(`classifySmtpFailure() classifies ${code} "${message}" after the start of the body as unknown`, () => {
    const expected = type === "NETWORK" ? "NETWORK" : "OTHER";
    const failure = { ...NO_REPLY, code, message, bodyBegun: true };
    // A fault inside the library may follow a positive reply.
    for (const reply of [null, "250 2.0.0 OK", "354 Go on", "Hello"]) {
      const error = classifySmtpFailure({ ...failure, command: "DATA", reply });
      assert.deepEqual([error.type, error.disposition], [expected, "unknown"]);
    }
  });
}

Deno.test("classifySmtpFailure() classifies an error without a code after the start of the body as unknown", () => {
  const failure = { ...NO_REPLY, code: null, message: "x is not a function", bodyBegun: true };
  const { type, disposition, afterData } = classifySmtpFailure(failure);
  assert.deepEqual([type, disposition, afterData], ["OTHER", "unknown", true]);
});

Deno.test("classifySmtpFailure() marks a refusal of the sender after MAIL, but not of one recipient", () => {
  const refusesSender = (reply: string, command: string) =>
    classifySmtpFailure(replied(command, reply)).refusesSender ?? false;
  const bySender = [
    "550 5.1.8 No such domain",
    "550 5.7.26 Not accepted",
    "554 5.7.9 not accepted for policy reasons",
    "550 5.7.8 refused",
    "535 Authentication failed",
    "550 SPF check failed",
    "550 5.7.1 Sender rejected",
    "554 5.7.1 Relay access denied",
    "554 Blocked using zen.spamhaus.org",
  ];
  const byRecipient = [
    "550 5.7.1 Not for you",
    "554 Refused by local policy",
    "550 5.1.1 No such user",
    "552 5.2.2 Mailbox full",
    "550 5.4.1 Recipient address rejected: Access denied",
  ];
  for (const command of ["RCPT TO", "DATA"]) {
    for (const reply of bySender) assert.equal(refusesSender(reply, command), true, reply);
    for (const reply of byRecipient) assert.equal(refusesSender(reply, command), false, reply);
  }
});

Deno.test("classifySmtpFailure() gives a full mailbox three attempts", () => {
  for (const reply of ["452 4.2.2 Mailbox full", "452 Mailbox full", "450 Mailbox over quota"]) {
    const { maxAttempts, code } = classifySmtpFailure(replied("RCPT TO", reply));
    assert.deepEqual([maxAttempts, code], [3, "MAILBOX_FULL"]);
  }
  assert.equal(classifySmtpFailure(replied("RCPT TO", "450 Busy")).maxAttempts, undefined);
});

Deno.test("classifySmtpFailure() retries a TLS failure once, then pauses", () => {
  const expired = {
    ...NO_REPLY,
    code: "ESOCKET",
    systemCode: "CERT_HAS_EXPIRED",
    opened: false,
  };
  for (const failure of [expired, { ...NO_REPLY, code: "ETLS", opened: false }]) {
    assert.equal(classifySmtpFailure(failure).disposition, "retry");
    assert.equal(classifySmtpFailure({ ...failure, tlsFailedBefore: true }).disposition, "pause");
  }
});

Deno.test("classifySmtpFailure() retries a temporary reply to STARTTLS each time", () => {
  const failure = replied("STARTTLS", "454 4.7.0 TLS not available due to temporary reason");
  assert.equal(isTlsFailure(failure), false);
  const { type, disposition } = classifySmtpFailure({ ...failure, tlsFailedBefore: true });
  assert.deepEqual([type, disposition], ["NETWORK", "retry"]);
  const refused = replied("STARTTLS", "502 5.5.1 Not implemented");
  assert.equal(isTlsFailure(refused), true);
  assert.equal(classifySmtpFailure({ ...refused, tlsFailedBefore: true }).disposition, "pause");
});

Deno.test("classifySmtpFailure() sets beforeRecipient for failures up to MAIL", () => {
  for (const command of [...BEFORE_MAIL, "MAIL FROM"]) {
    assert.equal(classifySmtpFailure(replied(command, "451 Not now")).beforeRecipient, true);
  }
  for (const command of ["RCPT TO", "DATA"]) {
    assert.equal(classifySmtpFailure(replied(command, "451 Not now")).beforeRecipient, false);
  }
  const refused = { ...NO_REPLY, code: "ESOCKET", systemCode: "ECONNREFUSED", opened: false };
  assert.equal(classifySmtpFailure(refused).beforeRecipient, true);
  assert.equal(classifySmtpFailure(NO_REPLY).beforeRecipient, false);
});

Deno.test("classifySmtpFailure() shows the code of the reply, or else of the system or library", () => {
  const codeOf = (failure: SmtpFailure) => classifySmtpFailure(failure).code;
  assert.equal(codeOf(replied("RCPT TO", "550-5.1.1 No\n550 5.1.1 such user")), "550 5.1.1");
  assert.equal(codeOf(replied("RCPT TO", "550 No such user")), "550");
  assert.equal(codeOf({ ...NO_REPLY, systemCode: "ECONNRESET" }), "ECONNRESET");
  assert.equal(codeOf(NO_REPLY), "ECONNECTION");
});

Deno.test("classifySmtpFailure() shortens a reply to one line of at most 512 characters", () => {
  const reply = `550-5.1.1 First line\r\n550 5.1.1 \0second ${"x".repeat(1_000)}`;
  const { message } = classifySmtpFailure(replied("RCPT TO", reply));
  assert.match(message, /^550-5\.1\.1 First line 550 5\.1\.1 second x+$/);
  assert.equal(message.length, 512);
});

Deno.test("classifySmtpFailure() keeps addresses in the message", () => {
  const reply = "550 5.1.1 <j@rate.example>: User unknown";
  assert.equal(classifySmtpFailure(replied("RCPT TO", reply)).message, reply);
});

Deno.test("classifySmtpFailure() reads the time to wait from the reply", () => {
  const waitIn = (reply: string) => classifySmtpFailure(replied("RCPT TO", reply)).retryAfterMs;
  assert.equal(waitIn("451 4.7.1 Greylisted, please try again in 300 seconds"), 300_000);
  assert.equal(waitIn("450 4.2.0 Try again after 5 minutes"), 300_000);
  assert.equal(waitIn("421 4.7.0 Blocked for 1 hour"), 3_600_000);
  assert.equal(waitIn("450 4.2.0 Try again in 99999 hours"), 24 * 3_600_000);
  assert.equal(waitIn("451 4.7.1 Try again later"), null);
  assert.equal(waitIn("550 5.1.1 Unknown, gone for 3 hours"), null);
});
