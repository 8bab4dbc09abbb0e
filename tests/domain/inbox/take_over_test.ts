import assert from "node:assert/strict";
import { ConflictError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { editSuggestion } from "../../../src/domain/inbox/edit.ts";
import { sendReply } from "../../../src/domain/inbox/send_reply.ts";
import { regenerateSuggestions } from "../../../src/domain/inbox/start_regeneration.ts";
import { findJobs } from "../../../src/domain/jobs/find.ts";
import {
  countSuggestions,
  onEveryInbox,
  type Received,
  replyAnswer,
  type TestInbox,
} from "../../support/inbox.ts";
import { readJob } from "../../support/jobs.ts";
import { makeDue } from "../../support/mail_worker.ts";
import { holdAnswers } from "../../support/model_server.ts";

/** Receives a mail whose suggestion is being written: the model holds its answer. */
async function writing({ receive, worker, services, model }: TestInbox) {
  const held = holdAnswers(model);
  const received = await receive();
  await makeDue(services);
  worker.start(await worker.claim());
  await held.asked;
  return { ...received, answer: held.answer };
}

const thread = ({ threadId }: { readonly threadId: string }) => toTypeId("thread", threadId);

onEveryInbox(
  "a thread that is answered while its suggestion is written ends the job, and a late answer changes nothing",
  {},
  async (inbox) => {
    const { services, db, organization: { member }, read, worker } = inbox;
    const received = await writing(inbox);
    await sendReply(services, member, received.threadId, { text: "It arrives tomorrow." });
    received.answer(replyAnswer());
    await worker.untilIdle();

    const { status, outcome, text, noDraftReason } = await read(received);
    assert.deepEqual([status, outcome, text], ["FAILED", "ANSWERED_WITHOUT", ""]);
    assert.equal(noDraftReason, "The thread was answered meanwhile.");
    assert.ok((await readJob(db, received.jobId ?? "")).cancelRequested);
  },
);

onEveryInbox(
  "a suggestion that is regenerated while it is written leaves the new one to its own job",
  {},
  async (inbox) => {
    const { services, organization: { member }, read, model, worker, db } = inbox;
    const received = await writing(inbox);
    await regenerateSuggestions(services, member, [thread(received)], "Friendlier");
    model.settings.reply = ({ messages }) =>
      replyAnswer({ text: /Friendlier/.test(JSON.stringify(messages)) ? "New" : "Wrong" });
    received.answer(replyAnswer({ text: "Old" }));
    await worker.runQueued();

    const { id, status, text, instruction } = await read(received);
    assert.notEqual(id, received.suggestionId);
    assert.deepEqual([status, text, instruction], ["READY", "New", "Friendlier"]);
    assert.ok((await readJob(db, received.jobId ?? "")).cancelRequested);
  },
);

onEveryInbox(
  "an edit by a person while the model writes is kept, and stops the model",
  {},
  async (inbox) => {
    const { services, organization: { member }, read, worker, db } = inbox;
    const received = await writing(inbox);
    const edit = () => editSuggestion(services, member, received.suggestionId, "As I say it");
    assert.deepEqual((await edit()).editedText, (await edit()).editedText);
    received.answer(replyAnswer());
    await worker.untilIdle();

    const { status, editedText } = await read(received);
    assert.deepEqual([status, editedText], ["READY", "As I say it"]);
    assert.ok((await readJob(db, received.jobId ?? "")).cancelRequested);
  },
);

onEveryInbox(
  "suggestions that were edited are not regenerated, and the conflict names them; an edit can be undone",
  {},
  async (inbox) => {
    const { services, organization: { member }, receive, read, write } = inbox;
    const edited = await receive({ subject: "First" });
    const other = await receive({ subject: "Second" });
    await write();
    await editSuggestion(services, member, edited.suggestionId, "As I say it");

    const both = [thread(edited), thread(other)];
    await assert.rejects(
      regenerateSuggestions(services, member, both, null),
      (error) =>
        error instanceof ConflictError && error.code === "CHANGED" &&
        error.message.includes(thread(edited)) && !error.message.includes(thread(other)),
    );
    assert.equal((await read(other)).id, other.suggestionId);
    await assert.rejects(
      regenerateSuggestions(services, member, [toTypeId("thread", newId())], null),
      NotFoundError,
    );

    await editSuggestion(services, member, edited.suggestionId, (await read(edited)).text);
    await regenerateSuggestions(services, member, both, null);
    assert.notEqual((await read(edited)).id, edited.suggestionId);
    await assert.rejects(
      editSuggestion(services, member, edited.suggestionId, "Too late"),
      ConflictError,
    );
    await write();
  },
);

onEveryInbox(
  "an edit that began with another text than the stored one is refused, and changes nothing",
  {},
  async ({ services, organization: { member }, receive, read, write }) => {
    const received = await receive();
    await write();
    const { text: suggested } = await read(received);
    const edit = (text: string, replaces: string) =>
      editSuggestion(services, member, received.suggestionId, text, replaces);
    const isChanged = (error: unknown) =>
      error instanceof ConflictError && error.code === "CHANGED";

    await edit("Ada's text", suggested);
    await assert.rejects(edit("Grace's text", suggested), isChanged);
    assert.equal((await read(received)).editedText, "Ada's text");
    await edit("Ada's text", suggested);
    await edit("Grace's text", "Ada's text");
    assert.equal((await read(received)).editedText, "Grace's text");
    await assert.rejects(edit("Too late", "Ada's text"), isChanged);
    await assert.rejects(edit("Text", "\0"), InvalidInputError);
    await sendReply(services, member, received.threadId, { text: "It arrives tomorrow." });
    await assert.rejects(
      edit("Too late", "Grace's text"),
      (error) => error instanceof ConflictError && error.code === "ALREADY_FINISHED",
    );
  },
);

onEveryInbox(
  "more than 20 suggestions are regenerated by one job with progress, which repeats none",
  {},
  async (inbox) => {
    const { services, organization: { member }, receive, read, write, worker, db } = inbox;
    const received: Received[] = [];
    for (let n = 0; n < 22; n++) received.push(await receive({ subject: `Question ${n}` }));
    await write();
    const { jobId } = await regenerateSuggestions(services, member, received.map(thread), null);
    assert.ok(jobId);
    const [last] = received.slice(-1);
    assert.ok(last);
    await editSuggestion(services, member, last.suggestionId, "As I say it");
    await worker.runQueued();

    const [job] = await findJobs(db, [jobId]);
    assert.equal(job?.status, "COMPLETED");
    assert.deepEqual(job?.progress, {
      total: 22,
      processed: 22,
      succeeded: 21,
      failed: 0,
      skipped: 1,
    });
    assert.equal((await read(last)).editedText, "As I say it");
    assert.equal((await read(received[0] ?? last)).status, "READY");
    assert.equal(await countSuggestions(inbox, received[0] ?? last), 2);
  },
);
