import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import type { MessageFilter } from "../../../src/domain/messages/list.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { MAX_RESUMED, resumeMessages } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryMail, onPostgresMail, type TestMail } from "../../support/mail.ts";
import { messageInput, readStatus } from "../../support/messages.ts";

const PAUSED: MessageFilter = { statuses: ["PAUSED"] };

const INSERT_PAUSED = statement<[organizationId: string, count: number]>(
  "test.insertPaused",
  `insert into messages (id, organization_id, title, channel, type, lane, status, paused_at, subject,
     recipient_count)
   select uuid_v7(), $1, 'Many', 'EMAIL', 'many', 'BULK', 'PAUSED', now(), 'News', 0
   from generate_series(1, $2)`,
);

/** Sends a message of each caller and pauses it; returns their ids. */
async function pauseOneOfEach(
  { services }: TestMail,
  ...callers: readonly Parameters<typeof sendMessage>[1][]
): Promise<string[]> {
  const ids: string[] = [];
  for (const caller of callers) {
    const { message: { id } } = await sendMessage(services, caller, messageInput());
    await pauseMessage(services, caller, id);
    ids.push(id);
  }
  return ids;
}

onEveryMail(
  "resumeMessages() resumes the paused messages that match and that the caller may see",
  async (mail) => {
    const { db, services, organization: { admin, member, colleague }, worker } = mail;
    const foreign = (await createOrganization(db)).admin;
    const [own, other, hidden] = await pauseOneOfEach(mail, member, colleague, foreign);
    assert.ok(own && other && hidden);
    const { message: sending } = await sendMessage(services, member, messageInput());

    const resumed = await resumeMessages(services, member, PAUSED);
    assert.deepEqual(resumed.map(({ id }) => id), [own]);
    assert.equal(await readStatus(db, other), "PAUSED");
    assert.deepEqual(await resumeMessages(services, admin, { ids: [hidden], ...PAUSED }), []);
    assert.deepEqual(await resumeMessages(services, admin, { types: ["receipt"] }), []);
    assert.deepEqual(await resumeMessages(services, admin, { statuses: ["SENDING"] }), []);
    assert.equal(await readStatus(db, other), "PAUSED");

    const rest = await resumeMessages(services, admin, { statuses: ["PAUSED", "SENT"] });
    assert.deepEqual(rest.map(({ id }) => id), [other]);
    await worker.runQueued();
    for (const id of [own, other, sending.id]) assert.equal(await readStatus(db, id), "SENT");
    assert.equal(await readStatus(db, hidden), "PAUSED");
  },
);

onEveryMail("resumeMessages() with an empty filter resumes all paused messages", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const ids = await pauseOneOfEach(mail, admin, admin);
  const resumed = await resumeMessages(services, admin, {});
  assert.deepEqual(resumed.map(({ id }) => id), ids);
  await worker.runQueued();
  for (const id of ids) assert.equal(await readStatus(db, id), "SENT");
});

onPostgresMail("resumeMessages() resumes the oldest messages first, and stops", async (mail) => {
  const { db, services, organization: { id, admin } } = mail;
  await db.run(INSERT_PAUSED, id, MAX_RESUMED + 1);
  const first = await resumeMessages(services, admin, PAUSED);
  assert.equal(first.length, MAX_RESUMED);
  const ids = first.map((message) => message.id);
  assert.deepEqual(ids, ids.toSorted());
  const [last, ...others] = await resumeMessages(services, admin, PAUSED);
  assert.ok(last && last.id > (ids.at(-1) ?? ""));
  assert.deepEqual(others, []);
});
