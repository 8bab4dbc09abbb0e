import assert from "node:assert/strict";
import {
  type BounceReport,
  classifyBounce,
  classifyReply,
  parseReply,
  REPLY_RULES,
  type Stage,
} from "../../../src/channels/email/replies.ts";
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
  assert.equal(classOf({ status: "4.4.7", text: "550 5.1.1 unknown" }), "NETWORK retry");
  assert.equal(classOf({ status: "4.0.0", text: "426 connection timed out" }), "OTHER retry");
});

Deno.test("classifyBounce() takes the provider's class only without a status", () => {
  const providerClass = ["INVALID_RECIPIENT", "suppress"] as const;
  assert.equal(classOf({ providerClass, text: "Bounced before" }), "INVALID_RECIPIENT suppress");
  assert.equal(classOf({ providerClass, text: "550 5.7.1 Blocked" }), "PERMISSION never");
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
    "550 4.7.1 Try again": "4.7.1",
    "450 4.0.0 Given up after 5.1.1": "4.0.0",
    "450-Wait\n450 4.2.1 Busy": "4.2.1",
  };
  for (const [text, status] of Object.entries(statuses)) {
    assert.equal(parseReply(text, "RCPT")?.status, status, text);
  }
});

Deno.test("classifyReply() reads a reply of a megabyte in linear time", () => {
  const startedAt = performance.now();
  for (const part of ["mailbox ", "user unknown ", "a@b ", "<", "5.1.", "account"]) {
    const reply = parseReply(`550 ${part.repeat(1_000_000 / part.length)}`, "RCPT");
    assert.ok(reply && classifyReply(reply));
  }
  assert.ok(performance.now() - startedAt < 10_000);
});

Deno.test("parseReply() finds no reply in text without a reply code", () => {
  for (const text of ["", "Hello", "5501 Hello", "5.1.1 Hello"]) {
    assert.equal(parseReply(text, "RCPT"), null);
  }
});
