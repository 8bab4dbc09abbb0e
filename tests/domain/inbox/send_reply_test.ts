import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { getThread } from "../../../src/domain/emails/find.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { findAnsweredMails } from "../../../src/domain/inbox/answered_mail.ts";
import { sendReply } from "../../../src/domain/inbox/send_reply.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryInbox, type Received, type TestInbox } from "../../support/inbox.ts";
import { readJob } from "../../support/jobs.ts";

const OUTCOME = statement<
  [suggestionId: string],
  {
    status: string;
    outcome: string | null;
    sentText: string | null;
    similarity: number | null;
    shortcomings: string[];
  }
>(
  "test.outcome",
  `select status, outcome, sent_text as "sentText", similarity, shortcomings from suggestions where id = $1`,
);

const COUNT = statement<[], { count: number }>(
  "test.countDeliveries",
  "select count(*) as count from deliveries",
);

const TITLE = statement<[deliveryId: string], { title: string }>(
  "test.titleOfReply",
  "select m.title from deliveries d join messages m on m.id = d.message_id where d.id = $1",
);

const SUGGESTED = "Hello Grace,\n\nyour order is on its way.";

async function outcomeOf({ db }: TestInbox, { suggestionId }: Received) {
  const [row] = await db.run(OUTCOME, suggestionId);
  assert.ok(row);
  return row;
}

function header(content: string, name: string): string | undefined {
  return new RegExp(`^${name}: (.*(?:\\r\\n[ \\t].*)*)`, "m").exec(content)?.[1]
    ?.replaceAll(/\r\n\s+/g, " ");
}

onEveryInbox(
  "a reply is sent in its thread, to the address that the mail names for answers",
  {},
  async (inbox) => {
    const { db, services, organization: { member }, receive, write, worker, smtp } = inbox;
    const received = await receive({
      messageId: "second@example.com",
      references: ["first@example.com"],
      replyTo: "grace.home@example.net",
      subject: "Where is {{ my }} order?",
    });
    await write();
    const { thread, deliveryId, created } = await sendReply(services, member, received.threadId, {
      text: "It arrives {{ tomorrow }}.",
    });
    await worker.runQueued();

    assert.deepEqual([thread.answered, created], [true, true]);
    // Titles are part of events, which contain no words of mails.
    const [message] = await db.run(TITLE, deliveryId);
    assert.equal(message?.title, `Reply in ${toTypeId("thread", received.threadId)}`);
    const [mail] = smtp.received;
    assert.ok(mail);
    assert.equal(mail.recipient, "grace.home@example.net");
    assert.equal(mail.deliveryId, toTypeId("delivery", deliveryId));
    assert.equal(header(mail.content, "In-Reply-To"), "<second@example.com>");
    assert.equal(header(mail.content, "References"), "<first@example.com> <second@example.com>");
    assert.equal(header(mail.content, "Subject"), "Re: Where is {{ my }} order?");
    assert.match(mail.content, /It arrives \{\{ tomorrow \}\}\./);
  },
);

onEveryInbox(
  "a reply goes to the person who wrote last in the thread, which its address for answers says before",
  {},
  async ({ services, organization: { id, member }, receive, worker, smtp }) => {
    const first = await receive({ messageId: "first@example.com" });
    const second = await receive({
      inReplyTo: "first@example.com",
      from: { address: "ada@example.com", name: "Ada" },
    });
    assert.equal(second.threadId, first.threadId);
    const { threadId } = first;
    assert.equal((await getThread(services, member, threadId)).contactEmail, "grace@example.com");
    const answered = (await findAnsweredMails(services, id, [threadId])).get(threadId);
    assert.equal(answered?.address, "ada@example.com");
    await sendReply(services, member, threadId, { text: "It arrives tomorrow." });
    await worker.runQueued();

    assert.deepEqual(smtp.received.map(({ recipient }) => recipient), ["ada@example.com"]);
  },
);

onEveryInbox(
  "an answer to the reply arrives in the same thread, whatever its subject",
  {},
  async ({ services, organization: { member }, receive }) => {
    const { threadId } = await receive();
    const { deliveryId } = await sendReply(services, member, threadId, { text: "Tomorrow." });
    const answer = await receive({
      inReplyTo: `${toTypeId("delivery", deliveryId)}@mail.example.com`,
      subject: "Thank you",
    });

    assert.equal(answer.threadId, threadId);
    assert.equal((await getThread(services, member, threadId)).answered, false);
  },
);

onEveryInbox(
  "the outcome of a suggestion is measured by the text that was sent",
  {},
  async (inbox) => {
    const { services, organization: { member }, receive, write } = inbox;
    const texts: readonly [text: string, expected: object, withSuggestion: boolean][] = [
      [SUGGESTED.replace("\n\n", "\r\n"), {
        outcome: "SENT_AS_IT_WAS",
        similarity: 1,
        shortcomings: [],
      }, true],
      [`${SUGGESTED}\n\nBest,\nAda`, { outcome: "EDITED", shortcomings: [] }, true],
      ["Hello Grace, your order.", { outcome: "EDITED", shortcomings: ["TOO_LONG"] }, true],
      ["No.", { outcome: "EDITED", shortcomings: ["REWRITTEN_WHOLE"] }, true],
      [SUGGESTED, { outcome: "ANSWERED_WITHOUT", similarity: 1, shortcomings: [] }, false],
    ];
    for (const [text, expected, withSuggestion] of texts) {
      const received = await receive({ subject: text });
      await write();
      const { suggestionId } = received;
      await sendReply(services, member, received.threadId, {
        text,
        suggestionId: withSuggestion ? suggestionId : null,
      });

      const { sentText, status, ...measured } = await outcomeOf(inbox, received);
      assert.deepEqual({ ...measured, ...expected }, measured, text);
      assert.deepEqual([sentText, status], withSuggestion ? [text, "SENT"] : [null, "READY"]);
    }
  },
);

onEveryInbox(
  "a suggestion of a thread that is answered before its job begins is not written",
  {},
  async (inbox) => {
    const { services, organization: { member }, receive, write, model, db } = inbox;
    const received = await receive();
    await sendReply(services, member, received.threadId, { text: "Tomorrow." });
    await write();

    const { status, outcome, similarity } = await outcomeOf(inbox, received);
    assert.deepEqual([status, outcome, similarity], ["FAILED", "ANSWERED_WITHOUT", null]);
    assert.equal((await readJob(db, received.jobId ?? "")).status, "CANCELLED");
    assert.equal(model.asks.length, 0);
  },
);

onEveryInbox(
  "an idempotency key sends a reply once, and another text under it is refused",
  {},
  async ({ services, organization: { member }, receive, db }) => {
    const { threadId } = await receive();
    const reply = { text: "Tomorrow.", idempotencyKey: "click-1" };
    const calls = await Promise.all(
      Array.from({ length: 5 }, () => sendReply(services, member, threadId, reply)),
    );

    assert.equal(calls.filter(({ created }) => created).length, 1);
    assert.equal(new Set(calls.map(({ deliveryId }) => deliveryId)).size, 1);
    assert.deepEqual(await db.run(COUNT), [{ count: 1 }]);
    await assert.rejects(
      sendReply(services, member, threadId, { ...reply, text: "Today." }),
      (error: unknown) => error instanceof ConflictError && error.code === "CHANGED",
    );
  },
);

onEveryInbox(
  "a suggestion is sent once, and only in its own thread",
  {},
  async ({ services, organization: { member }, receive, write, db }) => {
    const first = await receive({ subject: "First" });
    const second = await receive({ subject: "Second" });
    await write();
    const reply = { text: SUGGESTED, suggestionId: first.suggestionId };
    await assert.rejects(
      sendReply(services, member, second.threadId, reply),
      (error: unknown) =>
        error instanceof InvalidInputError &&
        error.issues[0]?.path.join(".") === "input.suggestionId",
    );
    const calls = await Promise.allSettled([
      sendReply(services, member, first.threadId, reply),
      sendReply(services, member, first.threadId, reply),
    ]);

    assert.deepEqual(calls.map(({ status }) => status).sort(), ["fulfilled", "rejected"]);
    assert.deepEqual(await db.run(COUNT), [{ count: 1 }]);
  },
);

onEveryInbox(
  "a mail with a subject and a sender's name of any length is answered",
  {},
  async ({ services, organization: { member }, receive, worker, smtp }) => {
    const { threadId } = await receive({
      from: { address: "grace@example.com", name: "G".repeat(100_000) },
      subject: `😀${"Where is it? ".repeat(1_000)}`,
    });
    await sendReply(services, member, threadId, { text: "It arrives tomorrow." });
    await worker.runQueued();

    const content = smtp.received[0]?.content ?? "";
    assert.match(content, /It arrives tomorrow\./);
    // RFC 5322 §2.1.1.
    assert.ok(content.split("\r\n").every((line) => line.length <= 998));
  },
);

onEveryInbox(
  "replies to threads of another organization and without a text are refused, and nothing is written",
  {},
  async ({ services, organization: { member }, receive, db }) => {
    const { threadId } = await receive();
    const { admin: stranger } = await createOrganization(db);
    await assert.rejects(sendReply(services, stranger, threadId, { text: "Hi" }), NotFoundError);
    for (const text of ["", " \n", "x\0", "x".repeat(50_001)]) {
      await assert.rejects(
        sendReply(services, member, threadId, { text }),
        (error: unknown) =>
          error instanceof InvalidInputError && error.issues[0]?.path.join(".") === "input.text",
        text.slice(0, 10),
      );
    }
    assert.deepEqual(await db.run(COUNT), [{ count: 0 }]);
    assert.equal((await getThread(services, member, threadId)).answered, false);
  },
);
