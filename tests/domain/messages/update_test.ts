import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { NotFoundError } from "../../../src/domain/errors.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import type { Message } from "../../../src/domain/messages/message.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { updateMessage, type UpdateMessageInput } from "../../../src/domain/messages/update.ts";
import { issuesOf } from "../../support/issues.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { importPeople, messageInput, people, readStatus } from "../../support/messages.ts";
import { refusals, statesOf } from "../../support/retries.ts";

const PLAN_JOBS = statement<[], { id: string; status: string; runAt: Date }>(
  "test.planJobs",
  `select id, status, run_at as "runAt" from jobs where kind = 'PLAN_MESSAGE' order by id`,
);
const MAY = new Date("2040-05-01T09:00:00Z");
const JUNE = new Date("2040-06-01T09:00:00Z");

async function scheduled({ services, organization: { admin } }: TestMail): Promise<Message> {
  const to = { list: people(2) };
  return (await sendMessage(services, admin, messageInput({ to, sendAt: MAY }))).message;
}

function planJobs(db: Connection) {
  return db.run(PLAN_JOBS);
}

onEveryMail(
  "updateMessage() changes the given fields and reschedules the planning job",
  async (mail) => {
    const { db, services, organization: { admin } } = mail;
    const before = await scheduled(mail);
    const titled = await updateMessage(services, admin, before.id, { title: " May " });
    assert.deepEqual(titled, { ...before, title: "May", updatedAt: titled.updatedAt });
    const content = { subject: "Number {{ number }}", text: null, html: "<p>{{ name }}</p>" };
    const retry = { maxAttempts: 5 };
    const changed = await updateMessage(services, admin, before.id, {
      content,
      sendAt: JUNE,
      retry,
    });
    const { subject, text, html, sendAt, status, retryMode, maxAttempts } = changed;
    assert.deepEqual({ subject, text, html }, content);
    assert.deepEqual([sendAt, status, retryMode, maxAttempts], [JUNE, "SCHEDULED", "MANUAL", 5]);
    const [job, ...others] = await planJobs(db);
    assert.deepEqual([job?.status, job?.runAt, others.length], ["SCHEDULED", JUNE, 0]);
  },
);

onEveryMail("updateMessage() with sendAt null sends the new content at once", async (mail) => {
  const { services, organization: { admin }, worker, smtp } = mail;
  const { id } = await scheduled(mail);
  await worker.runQueued();
  assert.equal(smtp.received.length, 0);
  const content = { subject: "Now, {{ name }}", text: "Number {{ number }}" };
  await updateMessage(services, admin, id, { content, sendAt: null });
  await worker.runQueued();
  assert.equal((await getMessage(services, admin, id)).status, "SENT");
  assert.match(smtp.received[0]?.content ?? "", /^Subject: Now, Person \d$/m);
}, () => ({ keepContent: true }));

onEveryMail("updateMessage() replaces a cancelled planning job", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const { id } = await scheduled(mail);
  const [job] = await planJobs(db);
  await cancelJob(services, admin, job?.id ?? "");
  await updateMessage(services, admin, id, { sendAt: new Date(0) });
  await worker.runQueued();
  assert.equal((await getMessage(services, admin, id)).status, "SENT");
});

onEveryMail("updateMessage() changes only retry once sending has begun", async (mail) => {
  const { services, organization: { admin }, worker } = mail;
  const { message: { id } } = await sendMessage(services, admin, messageInput());
  const update = (input: UpdateMessageInput) => updateMessage(services, admin, id, input);
  const late: UpdateMessageInput[] = [
    { title: "Late" },
    { content: { subject: "Late", text: "Late" } },
    { sendAt: null },
    { title: "Late", retry: { mode: "AUTO" } },
  ];
  for (const input of late) {
    await assert.rejects(update(input), { name: "ConflictError", code: "ALREADY_RUNNING" });
  }
  await worker.runQueued();
  await assert.rejects(update({ sendAt: MAY }), { code: "ALREADY_FINISHED" });
  const { retryMode, maxAttempts, title } = await update({ retry: { mode: "CRON" } });
  assert.deepEqual([retryMode, maxAttempts, title], ["CRON", 3, "News"]);
  const settingsOf = ({ retryMode, maxAttempts, retryBackoff }: Message) => [
    retryMode,
    maxAttempts,
    retryBackoff,
  ];
  const immediate = await update({ retry: { backoff: "IMMEDIATE" } });
  assert.deepEqual(settingsOf(immediate), ["CRON", 3, "IMMEDIATE"]);
  assert.deepEqual(settingsOf(await update({ retry: null })), ["MANUAL", 3, "GROWING"]);
});

onEveryMail("updateMessage() starts a retry round for AUTO or for more attempts", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin }, worker, send } = mail;
  const update = (id: string, retry: UpdateMessageInput["retry"]) =>
    updateMessage(services, admin, id, { retry });
  replies.refuse([1]);
  const { id } = await send({
    to: { list: people(2) },
    retry: { mode: "MANUAL", maxAttempts: 2 },
  });
  await worker.runQueued();
  assert.equal((await update(id, { maxAttempts: 3 })).status, "PARTIALLY_SENT");
  const begun = await update(id, { mode: "AUTO", maxAttempts: 2 });
  assert.deepEqual([begun.status, begun.retryMode, begun.retryRounds], ["SENDING", "AUTO", 1]);
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["FAILED 2", "SENT 1"]);
  assert.equal((await update(id, { maxAttempts: 2 })).status, "PARTIALLY_SENT");

  replies.accept();
  assert.equal((await update(id, { maxAttempts: 3 })).status, "SENDING");
  await worker.runQueued();
  assert.deepEqual(await statesOf(db, id), ["SENT 3", "SENT 1"]);
  assert.equal(await readStatus(db, id), "SENT");
});

onEveryMail("updateMessage() starts no retry round of a cancelled message", async (mail) => {
  const replies = refusals(mail.smtp);
  const { db, services, organization: { admin }, worker, send } = mail;
  replies.refuse([1]);
  const { id } = await send({ to: { list: people(101) } });
  worker.start(await worker.claim(1));
  await worker.untilIdle();
  await cancelMessage(services, admin, id);
  await worker.runQueued();
  const { status, retryRounds } = await updateMessage(services, admin, id, {
    retry: { mode: "AUTO" },
  });
  assert.deepEqual([status, retryRounds], ["CANCELLED", 0]);
  assert.equal((await statesOf(db, id))[0], "FAILED 1");
});

onEveryMail("updateMessage() refuses invalid input and changes nothing", async (mail) => {
  const { services, organization: { admin, colleague } } = mail;
  const before = await scheduled(mail);
  const text = "Dear";
  const bad: [UpdateMessageInput, string[]][] = [
    [{ title: null }, ["title REQUIRED"]],
    [{ title: " " }, ["title REQUIRED"]],
    [{ content: null }, ["content REQUIRED"]],
    [{ content: { subject: "a\r\nBcc: b", text } }, ["content.subject HEADER_INJECTION"]],
    [{ content: { subject: "{% if %", text } }, ["content.subject TEMPLATE"]],
    [{ content: { subject: "{{ plan }}", text } }, ["content.subject UNKNOWN_VARIABLE"]],
    [{ sendAt: new Date(NaN) }, ["sendAt MALFORMED"]],
    [{ retry: { maxAttempts: 0 } }, ["retry.maxAttempts OUT_OF_RANGE"]],
    [{ title: "", retry: { maxAttempts: 11 } }, [
      "title REQUIRED",
      "retry.maxAttempts OUT_OF_RANGE",
    ]],
  ];
  for (const [input, issues] of bad) {
    assert.deepEqual(
      await issuesOf(() => updateMessage(services, admin, before.id, input)),
      issues,
    );
  }
  await assert.rejects(
    updateMessage(services, colleague, before.id, { title: "x" }),
    NotFoundError,
  );
  assert.deepEqual(await getMessage(services, admin, before.id), before);
});

onEveryMail(
  "updateMessage() checks templates against the variables of the audience",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const { id: audienceId } = await importPeople(services, admin, 2);
    const input = messageInput({ to: { audienceId }, sendAt: MAY });
    const { message: { id } } = await sendMessage(services, admin, input);
    const update = (subject: string) =>
      updateMessage(services, admin, id, { content: { subject, text: "Dear" } });
    assert.deepEqual(await issuesOf(() => update("{{ plan }}")), [
      "content.subject UNKNOWN_VARIABLE",
    ]);
    assert.equal((await update("{{ number }}")).subject, "{{ number }}");
  },
);
