import assert from "node:assert/strict";
import {
  type BounceReport,
  classifyBounce,
  classifyReply,
  parseReply,
} from "../../../src/channels/email/replies.ts";
import { REPLY_RULES, type Stage } from "../../../src/channels/email/reply_rules.ts";
import { RECIPIENT_GROUPS } from "./corpus/recipients.ts";
import { QUOTABLE, REPLY_GROUPS } from "./reply_corpus.ts";

const STAGES: Readonly<Record<string, Stage>> = {
  CONN: "OPEN",
  STARTTLS: "STARTTLS",
  "AUTH PLAIN": "AUTH",
  "MAIL FROM": "MAIL",
  "RCPT TO": "RCPT",
  DATA: "DATA",
};

for (const { rule, type, disposition, replies } of REPLY_GROUPS) {
  Deno.test(`REPLY_RULES classifies "${rule}" as ${type}, ${disposition}`, () => {
    const expected = REPLY_RULES.find(([name]) => name === rule)?.[1].class;
    assert.deepEqual(expected?.slice(0, 2), [type, disposition]);
    for (const [command, texts] of Object.entries(replies)) {
      for (const text of texts) {
        const reply = parseReply(text, STAGES[command] ?? "OPEN");
        // Compared by identity, because two rows may have equal classes.
        assert.equal(reply && classifyReply(reply), expected, `${text} to ${command}`);
      }
    }
  });
}

Deno.test("REPLY_RULES has a tested reply for every row", () => {
  assert.deepEqual(
    REPLY_RULES.map(([name]) => name),
    REPLY_GROUPS.map(({ rule }) => rule),
  );
});

Deno.test("classifyBounce() agrees with classifyReply() on every reply to RCPT", () => {
  for (const text of QUOTABLE) {
    const reply = parseReply(text, "RCPT");
    assert.ok(reply);
    const [type, disposition] = classifyReply(reply) ?? [];
    const lasting = disposition === "suppress" ? "suppress" : "never";
    for (const status of ["", reply.status]) {
      const bounce = classifyBounce({ status, text, permanent: true });
      assert.deepEqual([bounce.type, bounce.disposition], [type, lasting], text);
      const gaveUp = classifyBounce({ status, text, permanent: false });
      assert.deepEqual([gaveUp.type, gaveUp.disposition], [type, "retry"], text);
    }
  }
});

function classOf(overrides: Partial<BounceReport>): string {
  const { type, disposition } = classifyBounce({ status: "", text: "", ...overrides });
  return `${type} ${disposition}`;
}

Deno.test("classifyBounce() suppresses a missing address by the status alone", () => {
  for (const status of ["5.1.1", "5.1.2", "5.1.10"]) {
    assert.equal(classOf({ status }), "INVALID_RECIPIENT suppress", status);
  }
});

Deno.test("classifyBounce() suppresses no address for any other status alone", () => {
  const classes = {
    "": "OTHER never",
    "5.0.0": "OTHER never",
    "5.1.0": "OTHER never",
    "5.1.3": "INVALID_RECIPIENT never",
    "5.1.8": "PERMISSION never",
    "5.2.0": "OTHER never",
    "5.2.1": "INVALID_RECIPIENT never",
    "5.2.2": "RATE_LIMIT never",
    "5.2.3": "OTHER never",
    "5.3.4": "OTHER never",
    "5.4.1": "OTHER never",
    "5.4.6": "OTHER never",
    "5.6.1": "OTHER never",
    "5.7.1": "PERMISSION never",
    "5.7.26": "PERMISSION never",
    "4.2.1": "INVALID_RECIPIENT retry",
    "4.4.1": "NETWORK retry",
    "4.7.1": "RATE_LIMIT retry",
  };
  for (const [status, expected] of Object.entries(classes)) {
    assert.equal(classOf({ status }), expected, status);
  }
});

Deno.test("classifyBounce() never pauses, though the reply quotes a refused login", () => {
  for (const text of ["535 Authentication failed", "554 5.7.9 Not accepted", "530 5.7.1 No"]) {
    assert.equal(classOf({ text }), "PERMISSION never", text);
  }
});

Deno.test("classifyBounce() prefers the server's status to 5.0.0 in the report's field", () => {
  const text = "550 5.7.1 Blocked";
  assert.deepEqual(classifyBounce({ status: "5.0.0", text }), {
    type: "PERMISSION",
    disposition: "never",
    status: "5.7.1",
  });
});

Deno.test("classifyBounce() keeps a bounce with the status 4.x.x retryable", () => {
  assert.equal(classOf({ status: "4.4.7", text: "426 connection lost" }), "NETWORK retry");
  assert.equal(classOf({ status: "4.0.0", text: "426 connection lost" }), "OTHER retry");
  // The relay gave up while the server's reply was about something else.
  const quoted = "550 5.1.1 No such user";
  assert.equal(classOf({ status: "4.4.7", text: quoted }), "INVALID_RECIPIENT retry");
  assert.equal(
    classOf({ status: "5.1.1", text: quoted, permanent: false }),
    "INVALID_RECIPIENT retry",
  );
});

Deno.test("classifyBounce() prefers the server's words and codes to the status of the relay", () => {
  const classes = {
    "550 5.7.1 your IP address is blacklisted": "PERMISSION never",
    "552 5.1.1 mailbox full": "RATE_LIMIT never",
    "550 Requested action not taken: mailbox unavailable": "INVALID_RECIPIENT never",
    "550 User unknown": "INVALID_RECIPIENT suppress",
    "Virus found": "PERMISSION never",
    "Unknown user: ann": "INVALID_RECIPIENT suppress",
  };
  for (const [text, expected] of Object.entries(classes)) {
    assert.equal(classOf({ status: "5.1.1", text }), expected, text);
  }
  assert.equal(
    classOf({ status: "5.1.2", text: "550 Host unknown" }),
    "INVALID_RECIPIENT suppress",
  );
});

Deno.test("classifyBounce() reads the text for people only if the report quotes no reply", () => {
  const fallbackText = "<ann@example.com>: host mx.example.com said: 550 5.7.25 no reverse DNS";
  for (const status of ["", "5.0.0", "5.1.1"]) {
    assert.equal(classOf({ status, fallbackText }), "PERMISSION never", status);
  }
  const missing =
    "We could not deliver your mail to ann@example.com:\r\n\r\n  550 5.1.1 user\r\n unknown";
  assert.equal(classOf({ status: "5.0.0", fallbackText: missing }), "INVALID_RECIPIENT suppress");
  assert.equal(classOf({ text: "550 Rejected", fallbackText: missing }), "INVALID_RECIPIENT never");
  assert.equal(
    classOf({ text: "550", fallbackText: "no such user" }),
    "INVALID_RECIPIENT suppress",
  );
  assert.equal(classOf({ text: "550 5.1.1", fallbackText }), "PERMISSION never");
});

Deno.test("classifyBounce() names a full mailbox by a code", () => {
  const codeOf = (report: Partial<BounceReport>) =>
    classifyBounce({ status: "", text: "", ...report }).code;
  for (const status of ["4.2.2", "5.2.2"]) assert.equal(codeOf({ status }), "MAILBOX_FULL");
  for (const text of ["552 5.1.1 Mailbox full", "450 Over quota", "Mailbox full"]) {
    assert.equal(codeOf({ text }), "MAILBOX_FULL", text);
  }
  assert.equal(codeOf({ text: "454 Daily message quota exceeded" }), undefined);
});

Deno.test("classifyBounce() takes the provider's class only without a status", () => {
  const providerClass = ["INVALID_RECIPIENT", "suppress"] as const;
  assert.equal(classOf({ providerClass, text: "Bounced before" }), "INVALID_RECIPIENT suppress");
  assert.equal(classOf({ providerClass, text: "550 5.7.1 Blocked" }), "PERMISSION never");
});

function classAt(stage: Stage, text: string) {
  const reply = parseReply(text, stage);
  return reply && classifyReply(reply);
}

Deno.test("classifyReply() reads no words and codes in addresses and host names", () => {
  const names = [
    "<full-mailbox@x.example>",
    '<"no such user"@rate.example>',
    "(spam.5.7.1@y:blocked)",
    "5.1.1@sender.example.",
    "[unknown.user@dmarc.example];",
    "mx-5.1.1.policy.example",
    "550.quota@y...",
  ];
  for (const text of QUOTABLE) {
    for (const name of names) {
      const expected = classAt("RCPT", text);
      assert.equal(classAt("RCPT", `${text} ${name}`), expected, `${text} ${name}`);
    }
  }
});

Deno.test("classifyReply() retries each reply to RCPT or DATA if its code is temporary", () => {
  for (const text of QUOTABLE) {
    for (const code of ["421", "450", "451", "452"]) {
      for (const stage of ["RCPT", "DATA"] as const) {
        const temporary = text.replaceAll(/^5\d\d/gm, code);
        assert.equal(classAt(stage, temporary)?.[1], "retry", `${temporary} to ${stage}`);
      }
    }
  }
});

Deno.test("classifyReply() suppresses no address if a reply also names another cause", () => {
  const missing = RECIPIENT_GROUPS.filter(({ disposition }) => disposition === "suppress")
    .flatMap(({ replies }) => replies["RCPT TO"] ?? []);
  const causes = ["no reverse DNS", "on a block list", "SPF", "DKIM", "DMARC", "spoofing", "virus"]
    .concat(["policy", "filter", "syntax", "protocol", "loop", "MX record", "A record", "sender"])
    .concat(["over quota", "mailbox full", "relaying denied", "login required", "try again later"]);
  for (const text of missing) {
    for (const cause of causes) {
      const [code = "", ...rest] = text.split(" ");
      for (const mixed of [`${text}; ${cause}`, `${code} ${cause}: ${rest.join(" ")}`]) {
        assert.notEqual(classAt("RCPT", mixed)?.[1], "suppress", mixed);
      }
    }
  }
});

Deno.test("classifyReply() retries a temporary reply that quotes a permanent status", () => {
  for (const code of ["421", "450", "451", "452", "450 4.0.0"]) {
    for (const stage of ["RCPT", "DATA"] as const) {
      const text = `${code} Cannot verify the recipient; its server said: 550 5.1.1 No such user`;
      const reply = parseReply(text, stage);
      assert.ok(reply);
      assert.equal(classifyReply(reply)?.[1], "retry", `${text} to ${stage}`);
    }
  }
});

Deno.test("parseReply() prefers the status after the code, and others of the class of the code", () => {
  const statuses = {
    "550 5.1.1 No such user, not 5.7.1": "5.1.1",
    "550 No such user (5.1.1)": "5.1.1",
    "550 5.0.0 No such user (5.1.1)": "5.1.1",
    "550 Given up after 4.4.1": "",
    "550 Given up after 450 4.4.1 Busy": "",
    "550 4.7.1 Try again": "4.7.1",
    "450 4.0.0 Given up after 5.1.1": "4.0.0",
    "450 5.1.1 No such user": "",
    "550-5.1.1 No such\n550-5.1.1 user": "5.1.1",
    "550 #5.1.1 No such user": "5.1.1",
    "550: 5.1.1 No such user": "5.1.1",
    "550 [5.1.1] No such user": "5.1.1",
    "550 5.7.509 Access denied": "5.7.509",
    "550 Rejected x5.1.1@y.example (5.7.1.blocked@y.example)": "",
    "550 Rejected by mx-5.1.1.example.com and 5.1.1.example.com": "",
    "550 Rejected [192.0.5.1.1] (5.1.1.4)": "",
    "550 Rejected by Postfix/5.1.1": "",
    "450-Wait\n450 4.2.1 Busy": "4.2.1",
  };
  for (const [text, status] of Object.entries(statuses)) {
    assert.equal(parseReply(text, "RCPT")?.status, status, text);
  }
});

// A pattern that takes quadratic time would need minutes or hours for each of these texts.
Deno.test("classifyReply() reads a reply of a megabyte in linear time", () => {
  const parts = [
    ["mailbox ", "user unknown ", "your ", "exceeds ", "quota ", "from "],
    ["a@b ", "<", '"', '"@', "<a@", "5.1.", "5.1.1 ", "550 ", "550-", "a.", "a-", "ab.", "a", " "],
    ["no such ", "not a valid ", "does not exist ", "relay", "too many ", "account-"],
  ];
  for (const part of parts.flat()) {
    const reply = parseReply(`550 ${part.repeat(1_000_000 / part.length)}`, "RCPT");
    assert.ok(reply && classifyReply(reply), part);
  }
});

Deno.test("parseReply() finds no reply in text without the code of a negative reply", () => {
  for (const text of ["", "Hello", "5501 Hello", "5.1.1 Hello", "250 OK", "354 Go on"]) {
    assert.equal(parseReply(text, "RCPT"), null);
  }
});
