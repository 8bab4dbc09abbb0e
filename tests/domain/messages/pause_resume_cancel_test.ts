import assert from "node:assert/strict";
import { type ConflictCode, ConflictError, NotFoundError } from "../../../src/domain/errors.ts";
import type { Message } from "../../../src/domain/messages/message.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryMail, onPostgresMail } from "../../support/mail.ts";
import { messageInput, people } from "../../support/messages.ts";

async function assertConflict(attempt: Promise<Message>, code: ConflictCode): Promise<void> {
  await assert.rejects(attempt, (error) => {
    assert(error instanceof ConflictError, String(error));
    assert.equal(error.code, code);
    return true;
  });
}

onEveryMail(
  "pauseMessage(), resumeMessage() and cancelMessage() refuse a message in another state",
  async (mail) => {
    const { services, organization: { admin }, worker } = mail;
    const { message: { id } } = await sendMessage(services, admin, messageInput());
    await assertConflict(resumeMessage(services, admin, id), "NOT_PAUSED");
    const paused = await pauseMessage(services, admin, id);
    assert.deepEqual(
      await pauseMessage(services, admin, id).then(({ pausedAt }) => pausedAt),
      paused.pausedAt,
    );
    await resumeMessage(services, admin, id);
    await worker.runQueued();
    assert.equal((await getMessage(services, admin, id)).status, "SENT");
    await assertConflict(pauseMessage(services, admin, id), "ALREADY_FINISHED");
    await assertConflict(resumeMessage(services, admin, id), "NOT_PAUSED");
    await assertConflict(cancelMessage(services, admin, id), "ALREADY_FINISHED");

    const { message: other } = await sendMessage(services, admin, messageInput());
    await cancelMessage(services, admin, other.id);
    await assertConflict(cancelMessage(services, admin, other.id), "ALREADY_FINISHED");
    await worker.runQueued();
  },
);

onEveryMail(
  "pauseMessage(), resumeMessage() and cancelMessage() do not find the messages of others",
  async (mail) => {
    const { db, services, organization: { admin, member, colleague }, worker } = mail;
    const foreign = (await createOrganization(db)).operator;
    const { message: { id } } = await sendMessage(services, member, messageInput());
    for (const caller of [colleague, foreign]) {
      for (const act of [getMessage, pauseMessage, resumeMessage, cancelMessage]) {
        await assert.rejects(act(services, caller, id), NotFoundError);
      }
    }
    assert.equal((await pauseMessage(services, member, id)).status, "PAUSED");
    assert.equal((await cancelMessage(services, admin, id)).status, "CANCELLED");
    await worker.runQueued();
  },
);

onPostgresMail(
  "resumeMessage() and cancelMessage() succeed once among concurrent calls",
  async (mail) => {
    const { services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ to: { list: people(100) } });
    const pauses = await Promise.all([1, 2, 3, 4].map(() => pauseMessage(services, admin, id)));
    assert.deepEqual(new Set(pauses.map(({ pausedAt }) => pausedAt?.getTime())).size, 1);
    const outcomes = await Promise.allSettled(
      [1, 2, 3].map(() => resumeMessage(services, admin, id)),
    );
    assert.equal(outcomes.filter(({ status }) => status === "fulfilled").length, 1);
    const ends = await Promise.allSettled([1, 2, 3].map(() => cancelMessage(services, admin, id)));
    assert.equal(ends.filter(({ status }) => status === "fulfilled").length, 1);
    for (const outcome of [...outcomes, ...ends]) {
      if (outcome.status === "rejected") assert(outcome.reason instanceof ConflictError);
    }
    await worker.runQueued();
  },
);
