import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { ConflictError } from "../../../src/domain/errors.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { getMessage } from "../../../src/domain/messages/find.ts";
import type { SendMessageInput } from "../../../src/domain/messages/input.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { addSuppressions } from "../../../src/domain/suppressions/edit.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization } from "../../support/callers.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { onEveryMail } from "../../support/mail.ts";
import {
  messageInput,
  people,
  personAt,
  readBatches,
  readDeliveries,
  readStatus,
  tally,
} from "../../support/messages.ts";
import { until } from "../../support/until.ts";

const KINDS = statement<[], { kind: string; status: string }>(
  "test.jobKinds",
  "select kind, status from jobs order by id",
);
const ROWS = statement<[], { rows: number }>(
  "test.countRows",
  `select (select count(*) from messages) + (select count(*) from deliveries)
     + (select count(*) from batches) + (select count(*) from jobs) as rows`,
);
const REFUSE_TITLE = statement<[]>(
  "test.refuseTitle",
  "alter table messages add constraint refused check (title <> 'Refused')",
);
const HOLD_KEY = statement<[organizationId: string, key: string]>(
  "test.holdKey",
  `insert into messages (id, organization_id, title, channel, type, lane, status, subject,
     recipient_count, idempotency_key)
   values (uuid_v7(), $1, 'Held', 'EMAIL', 'held', 'BULK', 'PLANNING', 'Held', 1, $2)`,
);
const BLOCKED = statement<[], { pid: number }>(
  "test.blocked",
  `select pid from pg_stat_activity
   where datname = current_database() and wait_event_type = 'Lock' and query like '%messages.sendNow%'`,
);

async function setUp(db: Database, labels: string[] = []) {
  const counting: Database = {
    ...db,
    run(statement, ...params) {
      labels.push(statement.label);
      return db.run(statement, ...params);
    },
  };
  const organization = await createOrganization(db);
  return { ...organization, organization, services: { db: counting, bus: createBus() } };
}

for (const count of [1, 100]) {
  onEveryMail(`sendMessage() to ${count} recipients writes the batch and its job`, async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const { message } = await sendMessage(
      services,
      admin,
      messageInput({ to: { list: people(count) }, idempotencyKey: " july " }),
    );
    const stored = await getMessage(services, admin, message.id);
    assert.deepEqual(message, stored);
    assert.deepEqual([message.status, message.plannedCount], ["SENDING", count]);
    assert.deepEqual(message.startedAt, message.createdAt);
    assert.deepEqual(await db.run(KINDS), [{ kind: "SEND_BATCH", status: "QUEUED" }]);
    const [batch] = await readBatches(db, message.id);
    assert.deepEqual([batch?.number, batch?.lo, batch?.hi, batch?.size], [1, 1, count, count]);

    await worker.runQueued();
    assert.equal(await readStatus(db, message.id), "SENT");
    assert.equal(smtp.received.length, count);
  });
}

onEveryMail("sendMessage() to 101 recipients leaves the batches to planning", async (mail) => {
  const { db, services, organization: { admin }, worker } = mail;
  const input = messageInput({ to: { list: people(101) } });
  const { message } = await sendMessage(services, admin, input);
  assert.deepEqual(message, await getMessage(services, admin, message.id));
  assert.deepEqual([message.status, message.plannedCount], ["PLANNING", 0]);
  assert.deepEqual(await db.run(KINDS), [{ kind: "PLAN_MESSAGE", status: "QUEUED" }]);
  await worker.runQueued();
  assert.equal(await readStatus(db, message.id), "SENT");
});

onEveryMail(
  "sendMessage() counts duplicates of a small message, and suppresses recipients",
  async (mail) => {
    const { db, services, organization: { admin }, worker } = mail;
    await addSuppressions(services, admin, { channel: "EMAIL", addresses: [personAt(2)] });
    // 101 entries, but 100 recipients.
    const list = [...people(100), { ...people(1)[0], address: personAt(1).toUpperCase() }];
    const { message } = await sendMessage(services, admin, messageInput({ to: { list } }));
    assert.deepEqual([message.status, message.recipientCount], ["SENDING", 100]);
    await worker.runQueued();
    const statuses = (await readDeliveries(db, message.id)).map(({ status }) => status);
    assert.deepEqual(tally(statuses), { SENT: 99, SUPPRESSED: 1 });
    assert.equal(await readStatus(db, message.id), "SENT");
  },
);

onEveryMail(
  "pauseMessage() and cancelMessage() act on a small message before a worker claims it",
  async (mail) => {
    const { db, services, organization: { admin }, worker, smtp } = mail;
    const send = async () => (await sendMessage(services, admin, messageInput())).message.id;
    const [paused, cancelled] = [await send(), await send()];
    await pauseMessage(services, admin, paused);
    await cancelMessage(services, admin, cancelled);
    await worker.runQueued();
    assert.deepEqual(smtp.received, []);
    assert.equal(await readStatus(db, cancelled), "CANCELLED");
    await resumeMessage(services, admin, paused);
    await worker.runQueued();
    assert.equal(await readStatus(db, paused), "SENT");
    assert.equal(smtp.received.length, 1);
  },
);

onEveryDatabase("sendMessage() writes concurrent small messages together", async ({ db }) => {
  const labels: string[] = [];
  const { services, admin } = await setUp(db, labels);
  const answers = await Promise.all(
    people(40).map((person) =>
      sendMessage(services, admin, messageInput({ to: { list: [person] } }))
    ),
  );
  const ids = answers.map(({ message }) => message.id);
  assert.equal(new Set(ids).size, 40);
  for (const [index, id] of ids.entries()) {
    assert.deepEqual((await readDeliveries(db, id)).map(({ address }) => address), [
      personAt(index + 1),
    ]);
  }
  assert.deepEqual(await db.run(ROWS), [{ rows: 40 * 4 }]);
  const writes = labels.filter((label) => label === "messages.sendNow").length;
  assert.ok(writes < 10, `${writes} statements wrote 40 messages`);
});

onEveryDatabase(
  "sendMessage() refuses an invalid message beside valid ones, and one that the database refuses",
  async ({ db }) => {
    const { services, admin } = await setUp(db);
    await db.run(REFUSE_TITLE);
    const send = (input: Partial<SendMessageInput>) =>
      sendMessage(services, admin, messageInput(input)).then(() => "sent", () => "refused");
    assert.deepEqual(
      await Promise.all([
        send({}),
        send({ title: "" }),
        send({ title: "Refused" }),
        send({ to: { list: people(3) } }),
      ]),
      ["sent", "refused", "refused", "sent"],
    );
    // Two messages, batches and jobs; four deliveries. The refused message has left none.
    assert.deepEqual(await db.run(ROWS), [{ rows: 2 + 4 + 2 + 2 }]);
  },
);

onEveryDatabase(
  "sendMessage() creates one message per idempotency key among concurrent ones of two users",
  async ({ db }) => {
    const { services, member, colleague } = await setUp(db);
    const send = (caller: typeof member, idempotencyKey: string | null) =>
      sendMessage(services, caller, messageInput({ idempotencyKey }));
    const [first, again, other, keyless, taken] = await Promise.allSettled([
      send(member, "july"),
      send(member, "july"),
      send(member, "august"),
      send(member, null),
      send(colleague, "july"),
    ]);
    const answers = [first, again, other, keyless].map((answer) => {
      assert(answer.status === "fulfilled");
      return answer.value;
    });
    assert.deepEqual(answers.map(({ created }) => created), [true, false, true, true]);
    assert.equal(answers[1]?.message.id, answers[0]?.message.id);
    assert(taken.status === "rejected" && taken.reason instanceof ConflictError);
    assert.deepEqual(await db.run(ROWS), [{ rows: 3 * 4 }]);
  },
);

onEveryDatabase(
  "sendMessage() stores characters of a text that UTF-8 cannot encode as U+FFFD",
  async ({ db }) => {
    const { services, admin } = await setUp(db);
    const content = { subject: "July", text: "c\udfffd", html: null };
    const { message } = await sendMessage(services, admin, messageInput({ content }));
    assert.equal(message.text, "c\ufffdd");
    assert.deepEqual(message, await getMessage(services, admin, message.id));
  },
);

onPostgres("sendMessage() does not wait for a message that waits for a lock", async ({ db }) => {
  const { services, organization, admin } = await setUp(db);
  const send = (idempotencyKey: string | null) =>
    sendMessage(services, admin, messageInput({ idempotencyKey }));
  let held: ReturnType<typeof send> | undefined;
  await assert.rejects(
    db.transaction(async (tx) => {
      await tx.run(HOLD_KEY, organization.id, "july");
      held = send("july");
      await until("the message waits for the lock", async () => (await db.run(BLOCKED)).length > 0);
      assert.ok((await send(null)).created);
      throw new Error("Rolled back");
    }),
    /Rolled back/,
  );
  assert.ok((await held)?.created);
});
