import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { addRecipients } from "../../../src/domain/audiences/add_recipients.ts";
import { beginAppend } from "../../../src/domain/audiences/append.ts";
import { deleteAudience } from "../../../src/domain/audiences/delete.ts";
import { getAudience } from "../../../src/domain/audiences/find.ts";
import { failImport, finishImport } from "../../../src/domain/audiences/import.ts";
import { listRecipients } from "../../../src/domain/audiences/list.ts";
import { renameAudience } from "../../../src/domain/audiences/rename.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { JOB_KINDS } from "../../../src/domain/jobs/kinds.ts";
import { listJobs } from "../../../src/domain/jobs/list.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { removeRecipientsHandler } from "../../../src/handlers/remove_recipients.ts";
import { planChunk } from "../../../src/domain/messages/plan.ts";
import { importRows, openAudiences, type TestAudiences } from "../../support/audiences.ts";
import { onEveryDatabase, onPostgres } from "../../support/database.ts";
import { messageInput, readDeliveries } from "../../support/messages.ts";
import { until } from "../../support/until.ts";

const STORED = statement<[id: string], { n: number }>(
  "test.storedRecipients",
  "select count(*) as n from audience_recipients where audience_id = $1",
);
const PLAN_JOB = statement<[messageId: string], { id: string; fence: number }>(
  "test.planJob",
  `update jobs set status = 'PROCESSING', fence = 1, worker_id = gen_random_uuid() where kind = 'PLAN_MESSAGE' and payload->>'messageId' = $1::text
   returning id, 1 as fence`,
);
const WAITING = statement<[], { n: number }>(
  "test.waiting",
  "select count(*) as n from pg_locks where not granted",
);

async function stored(db: Connection, id: string): Promise<number> {
  return (await db.run(STORED, id))[0]?.n ?? 0;
}

async function imported({ services, member, begin }: TestAudiences, count: number) {
  const id = await begin();
  for (let from = 0; from < count; from += 5_000) {
    const size = Math.min(5_000, count - from);
    await addRecipients(services, member, id, importRows(from, size), 0);
  }
  return await finishImport(services, member, id);
}

/** Runs the latest job that removes recipients, and returns the numbers of rows that it reported. */
async function removeAll({ services, admin }: TestAudiences): Promise<number[]> {
  const kinds = { kinds: ["REMOVE_RECIPIENTS" as const] };
  const { edges: [edge] } = await listJobs(services, admin, kinds, "CREATED_DESC", {});
  assert(edge);
  const processed: number[] = [];
  const job = { ...edge.node, topic: "", fence: 1, size: 100 };
  await removeRecipientsHandler(services)(
    { job, signal: new AbortController().signal, report: (p) => processed.push(p.processed) },
    JOB_KINDS.REMOVE_RECIPIENTS.payload.parse(job.payload),
  );
  return processed;
}

onEveryDatabase("renameAudience() changes the name only", async ({ db }) => {
  const test = await openAudiences(db);
  const { services, member, colleague, stranger } = test;
  const before = await imported(test, 1);
  const { updatedAt: _, ...after } = await renameAudience(services, member, before.id, " August ");
  const { updatedAt: __, ...expected } = { ...before, name: "August" };
  assert.deepEqual(after, expected);
  for (const caller of [colleague, stranger]) {
    await assert.rejects(renameAudience(services, caller, before.id, "x"), NotFoundError);
  }
  await assert.rejects(renameAudience(services, member, before.id, " "), InvalidInputError);
  assert.equal((await getAudience(services, member, before.id)).name, "August");
});

onEveryDatabase("deleteAudience() hides it at once, and a job removes the rest", async ({ db }) => {
  const test = await openAudiences(db);
  const { services, member, colleague, stranger } = test;
  const { id } = await imported(test, 10_001);
  const other = await imported(test, 2);
  for (const caller of [colleague, stranger]) {
    await assert.rejects(deleteAudience(services, caller, id), NotFoundError);
  }
  await deleteAudience(services, member, id);
  await assert.rejects(getAudience(services, member, id), NotFoundError);
  await assert.rejects(deleteAudience(services, member, id), NotFoundError);
  assert.deepEqual(await removeAll(test), [10_000, 10_001]);
  assert.deepEqual([await stored(db, id), await stored(db, other.id)], [0, 2]);
});

onEveryDatabase("deleteAudience() refuses an audience that is imported", async ({ db }) => {
  const { services, member, begin } = await openAudiences(db);
  const id = await begin();
  await assert.rejects(deleteAudience(services, member, id), (error: ConflictError) => {
    assert.equal(error.code, "ALREADY_RUNNING");
    assert.match(error.message, /import is in progress/);
    return true;
  });
});

onEveryDatabase(
  "deleteAudience() refuses an audience until its messages are planned or cancelled, and keeps their deliveries",
  async ({ db }) => {
    const test = await openAudiences(db);
    const { services, member } = test;
    const { id } = await imported(test, 3);
    const send = async (title: string) =>
      (await sendMessage(
        services,
        member,
        messageInput({ title, content: { subject: "x", text: "x" }, to: { audienceId: id } }),
      )).message;
    const [planned, cancelled] = [await send("a"), await send("b")];
    await assert.rejects(deleteAudience(services, member, id), (error: ConflictError) => {
      assert.equal(error.code, "IN_USE");
      assert.match(
        error.message,
        /unfinished messages still take recipients.*\(msg_\w+, msg_\w+\)/,
      );
      return true;
    });
    const [job] = await db.run(PLAN_JOB, planned.id);
    assert(job);
    await planChunk(services, job, planned.id);
    await assert.rejects(deleteAudience(services, member, id), /unfinished message/);
    await cancelMessage(services, member, cancelled.id);
    await deleteAudience(services, member, id);
    await removeAll(test);
    assert.equal((await readDeliveries(db, planned.id)).length, 3);
    await assert.rejects(send("c"), NotFoundError);
  },
);

onPostgres(
  "deleteAudience() waits for a message that is being created, and refuses then",
  async ({ db }) => {
    const test = await openAudiences(db);
    const { services, member } = test;
    const { id } = await imported(test, 3);
    const input = messageInput({ content: { subject: "x", text: "x" }, to: { audienceId: id } });
    let deleted: Promise<void> | undefined;
    await db.transaction(async (tx) => {
      const inTransaction = {
        ...db,
        transaction: <T>(work: (tx: Connection) => Promise<T>) => work(tx),
      };
      await sendMessage({ ...services, db: inTransaction }, member, input);
      deleted = deleteAudience(services, member, id);
      deleted.catch(() => {});
      await until("the deletion waits", async () => ((await tx.run(WAITING))[0]?.n ?? 0) > 0);
    });
    await assert.rejects(deleted ?? Promise.resolve(), /unfinished message/);
  },
);

onEveryDatabase(
  "beginAppend() enqueues the removal of a failed import again, if its job was cancelled",
  async ({ db }) => {
    const test = await openAudiences(db);
    const { services, member, admin } = test;
    const { id } = await imported(test, 2);
    const settings = { bytesTotal: null };
    await beginAppend(services, member, id, settings);
    await assert.rejects(beginAppend(services, member, id, settings), ConflictError);
    await addRecipients(services, member, id, importRows(100, 3), 0);
    await failImport(services, member, id);
    const audience = await getAudience(services, member, id);
    assert.equal((await listRecipients(services, audience, null, {})).edges.length, 2);

    const { edges: [edge] } = await listJobs(services, admin, {}, "CREATED_DESC", {});
    await cancelJob(services, admin, edge?.node.id ?? "");
    await assert.rejects(beginAppend(services, member, id, settings), /retry in a minute/);
    assert.deepEqual(await removeAll(test), [3]);
    await beginAppend(services, member, id, settings);
    assert.equal(await stored(db, id), 2);
  },
);
