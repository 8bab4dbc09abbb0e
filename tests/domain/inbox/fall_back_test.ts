import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { editSuggestion } from "../../../src/domain/inbox/edit.ts";
import { fallBackStuck } from "../../../src/domain/inbox/fall_back_stuck.ts";
import { FALLBACK_TEMPLATE } from "../../../src/domain/inbox/fallback_text.ts";
import { findLatestVersion } from "../../../src/domain/templates/find.ts";
import { saveTemplate } from "../../../src/domain/templates/save.ts";
import { onEveryInbox, replyAnswer } from "../../support/inbox.ts";
import { readAttempts, readJob } from "../../support/jobs.ts";
import { makeDue, startMailWorker } from "../../support/mail_worker.ts";
import { holdAnswers } from "../../support/model_server.ts";

const AGE = statement<[id: string]>(
  "test.ageSuggestion",
  "update suggestions set created_at = created_at - interval '6 minutes' where id = $1",
);

const TEXT = [
  "Hello Grace,",
  "Thank you for your mail. We have received it and will answer it as soon as possible.",
  "Kind regards\nTest organization",
].join("\n\n");

onEveryInbox(
  "without a model the suggestion falls back at once, and a changed template is used",
  {},
  async ({ receive, read, services, channel, organization: { admin } }) => {
    const worker = await startMailWorker(services, { channel });
    const first = await receive();
    await makeDue(services);
    await worker.runQueued();
    const { status, text, fallbackReason } = await read(first);
    assert.deepEqual([status, text], ["FALLBACK", TEXT]);
    assert.equal(fallbackReason, "No language model is configured.");

    const template = await findLatestVersion(services, admin.organizationId, FALLBACK_TEMPLATE);
    await saveTemplate(services, admin, {
      name: FALLBACK_TEMPLATE,
      content: { subject: "Re: {{ subject }}", text: "Soon, {{ name }}!" },
      replaces: template?.version ?? 0,
    });
    const second = await receive({ text: "Hello?" });
    await makeDue(services);
    await worker.runQueued();
    assert.equal((await read(second)).text, "Soon, Grace!");
  },
);

onEveryInbox(
  "four attempts are made, 2, 4 and 8 s apart, and then the suggestion falls back with the reason",
  { reply: () => ({ status: 400, error: { message: "no", code: "bad", type: "x", param: null } }) },
  async ({ receive, read, db, services, worker, model }) => {
    model.settings.reply = () => ({ text: "cut", finishReason: null });
    const received = await receive();
    const waits: number[] = [];
    await makeDue(services);
    for (let attempt = 1; attempt <= 4; attempt++) {
      assert.equal((await read(received)).status, "WAITING");
      await worker.runQueued();
      const { status, waitMs } = await readJob(db, received.jobId ?? "");
      if (status === "SCHEDULED") waits.push(waitMs);
      await makeDue(services);
    }
    assert.equal(waits.length, 3);
    for (const [index, ms] of waits.entries()) {
      const due = 2_000 * 2 ** index;
      assert.ok(ms > due * 0.8 - 500 && ms <= due * 1.2, `wait ${index + 1}: ${ms} ms`);
    }
    assert.equal(model.asks.length, 4);
    const { status, text, fallbackReason } = await read(received);
    assert.deepEqual([status, text], ["FALLBACK", TEXT]);
    assert.equal(fallbackReason, "The language model could not be reached, in 4 attempts.");
    assert.deepEqual(
      (await readAttempts(db, received.jobId ?? "")).map(({ outcome }) => outcome),
      ["FAILED", "FAILED", "FAILED", "FAILED"],
    );
  },
);

onEveryInbox(
  "a suggestion that no worker takes for 5 minutes falls back, and a worker that comes later replaces it",
  {},
  async ({ receive, read, write, db, services }) => {
    const received = await receive();
    await fallBackStuck(services);
    assert.equal((await read(received)).status, "WAITING");

    await db.run(AGE, received.suggestionId);
    await fallBackStuck(services);
    const { status, text, fallbackReason } = await read(received);
    assert.deepEqual([status, text], ["FALLBACK", TEXT]);
    assert.equal(fallbackReason, "No worker took the job within 5 minutes.");

    await write();
    const late = await read(received);
    assert.deepEqual([late.status, late.fallbackReason], ["READY", null]);
  },
);

onEveryInbox(
  "a worker that comes late leaves a fallback that a person has edited",
  {},
  async ({ receive, read, write, db, services, organization: { member }, model }) => {
    const received = await receive();
    await db.run(AGE, received.suggestionId);
    await fallBackStuck(services);
    await editSuggestion(services, member, received.suggestionId, "As I say it");
    await write();

    const { status, text, editedText } = await read(received);
    assert.deepEqual([status, text, editedText], ["FALLBACK", TEXT, "As I say it"]);
    assert.equal(model.asks.length, 0);
  },
);

onEveryInbox(
  "a suggestion whose job is cancelled while it is written falls back; the job can be tried again",
  {},
  async ({ receive, read, db, services, worker, model, organization: { admin } }) => {
    const held = holdAnswers(model);
    const received = await receive();
    await makeDue(services);
    worker.start(await worker.claim());
    await held.asked;
    assert.equal((await read(received)).status, "WRITING");
    await cancelJob(services, admin, received.jobId ?? "");
    worker.abort("cancelled");
    await worker.untilIdle();

    const { status, fallbackReason } = await read(received);
    assert.deepEqual([status, fallbackReason], ["FALLBACK", "The job was cancelled."]);
    assert.equal((await readJob(db, received.jobId ?? "")).status, "CANCELLED");

    model.settings.reply = () => replyAnswer();
    await retryJob(services, admin, received.jobId ?? "");
    await worker.runQueued();
    assert.equal((await read(received)).status, "READY");
  },
);

onEveryInbox(
  "a suggestion whose job is cancelled before it begins falls back at the next sweep",
  {},
  async ({ receive, read, services, organization: { admin } }) => {
    const received = await receive();
    await cancelJob(services, admin, received.jobId ?? "");
    await fallBackStuck(services);
    const { status, fallbackReason } = await read(received);
    assert.deepEqual([status, fallbackReason], ["FALLBACK", "The job was cancelled."]);
  },
);
