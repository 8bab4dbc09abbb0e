import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { DatabaseConnectionError } from "../../../src/db/sqlstate.ts";
import type { PendingDelivery } from "../../../src/domain/deliveries/delivery.ts";
import type { FinishedAttempt, RecordedOutcome } from "../../../src/domain/deliveries/outcome.ts";
import type { Step } from "../../../src/domain/deliveries/step.ts";
import { type BatchClaim, StaleBatchError } from "../../../src/domain/deliveries/take.ts";
import { readStats } from "../../../src/domain/deliveries/stats.ts";
import { newId } from "../../../src/domain/id.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { finishMessage } from "../../../src/domain/messages/finish.ts";
import { createBus } from "../../../src/events/bus.ts";
import { readPending, recordStep, takeBatch } from "../../support/batches.ts";
import { createOrganization } from "../../support/callers.ts";
import { onPostgres } from "../../support/database.ts";
import { readJob } from "../../support/jobs.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { people, readBatches, readDeliveries, readTries } from "../../support/messages.ts";
import { interceptStatement } from "../../support/worker.ts";

const PAIRS = 300;

// Messages of two batches with one recipient each, both batches claimed.
const MAKE_PAIRS = statement<[organizationId: string, workerId: string, count: number]>(
  "test.makePairs",
  `with m as (
     insert into messages (id, organization_id, title, channel, type, lane, status, subject,
       recipient_count, planned_count)
     select uuid_v7(), $1, 'Pair', 'EMAIL', 'pair', 'BULK', 'SENDING', 'Hello', 2, 2
     from generate_series(1, $3) returning id
   ),
   b as (
     insert into batches (organization_id, message_id, number, lo, hi, size, job_id)
     select $1, m.id, n, n, n, 1, uuid_v7() from m, generate_series(1, 2) n returning job_id
   ),
   d as (
     insert into deliveries (organization_id, message_id, n, batch_number, address)
     select $1, m.id, n, n, 'person' || n || '@example.net' from m, generate_series(1, 2) n
   )
   insert into jobs (id, organization_id, kind, lane, topic, status, max_attempts, fence, worker_id)
   select job_id, $1, 'SEND_BATCH', 'BULK', 'pair', 'PROCESSING', 5, nextval('job_fence'), $2 from b`,
);
const READ_PAIRS = statement<[], BatchClaim & { messageId: string }>(
  "test.readPairs",
  `select b.id as "batchId", b.message_id as "messageId", j.id as "jobId", j.fence
   from batches b join jobs j on j.id = b.job_id order by b.message_id, b.number`,
);
const COUNT_ENDS = [
  statement<[]>("test.ends", "create table ends (message_id uuid)"),
  statement<[]>(
    "test.noteEnd",
    `create function note_end() returns trigger language plpgsql as $$
     begin insert into ends values (new.id); return null; end $$`,
  ),
  statement<[]>(
    "test.onEnd",
    `create trigger note_end after update on messages for each row
       when (old.finished_at is null and new.finished_at is not null) execute function note_end()`,
  ),
];
const ENDS = statement<[], { ends: number; messages: number }>(
  "test.readEnds",
  "select count(*) as ends, count(distinct message_id) as messages from ends",
);

const WINDOW_OF = statement<[batchId: string], { win: number[] | null }>(
  "test.windowOf",
  "select win from batches where id = $1",
);
const RENAME_COLUMN = statement<[]>(
  "test.renameColumn",
  "alter table deliveries rename column provider_message_id to renamed",
);
const RENAME_BACK = statement<[]>(
  "test.renameBack",
  "alter table deliveries rename column renamed to provider_message_id",
);

function finished(
  delivery: PendingDelivery,
  type: "sent" | "failed",
  message = "It was refused",
): FinishedAttempt {
  const error = {
    type: "OTHER",
    disposition: "never",
    code: null,
    message,
    retryAfterMs: null,
    beforeRecipient: false,
  } as const;
  const outcome: RecordedOutcome = type === "sent"
    ? { type, providerMessageId: "1" }
    : { type, error, retryable: false };
  return { delivery, outcome, provider: "test", durationMs: 1, earlier: [] };
}

/** Sends a message, and takes over its only batch. */
async function take({ services, worker, send }: TestMail, count: number) {
  const message = await send({ to: { list: people(count) } });
  const [job] = await worker.claim();
  assert(job);
  const claim = { jobId: job.id, fence: job.fence, batchId: String(job.payload.batchId) };
  const batch = await takeBatch(services, claim);
  const pending = await readPending(services, batch);
  const step = (given: Partial<Step>): Step => ({
    step: batch.step,
    attempts: [],
    inFlight: [],
    starting: [],
    last: false,
    ...given,
  });
  return { message, job, claim, batch, pending, step };
}

/** Ends the batch by another worker, because the ledger accepts no deliveries in flight. */
async function endInFlight(mail: TestMail): Promise<void> {
  await mail.worker.loseLease();
  const other = await mail.startWorker();
  await other.runQueued();
}

onEveryMail("recordStep() repeated after a lost answer changes nothing", async (mail) => {
  const { db, services } = mail;
  const { message: { id }, claim, batch, pending, step } = await take(mail, 3);
  const [first, second] = pending;
  assert(first && second);
  const started = { messageStatus: "SENDING", started: true };
  assert.deepEqual(await recordStep(services, claim, batch, step({ starting: [1, 2] })), started);
  const next = step({
    step: batch.step + 1,
    attempts: [finished(first, "failed")],
    inFlight: [2],
    starting: [3],
  });
  for (let time = 1; time <= 3; time++) {
    const { messageStatus, started } = await recordStep(services, claim, batch, next);
    assert.deepEqual([messageStatus, started], ["SENDING", true]);
  }
  const [row] = await readBatches(db, id);
  assert.deepEqual([row?.step, row?.win], [batch.step + 2, [2, 3]]);
  assert.equal((await readTries(db, id, 1)).length, 1);
  assert.equal((await readStats(db, [id])).get(id)?.failed, 1);
  await endInFlight(mail);
}, () => ({ reject: () => "550 5.1.1 Nobody is here" }));

onEveryMail(
  "recordStep() repeated reports which deliveries were started, in spite of a later pause or resume",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const { message: { id }, claim, batch, step } = await take(mail, 5);
    const starting = step({ starting: [1, 2] });
    assert((await recordStep(services, claim, batch, starting)).started);
    await pauseMessage(services, admin, id);
    assert(
      (await recordStep(services, claim, batch, starting)).started,
      "started before the pause",
    );

    const held = step({ step: batch.step + 1, inFlight: [1, 2], starting: [3] });
    assert(!(await recordStep(services, claim, batch, held)).started);
    await resumeMessage(services, admin, id);
    assert(
      !(await recordStep(services, claim, batch, held)).started,
      "not started before the resume",
    );
    const again = step({ step: batch.step + 2, inFlight: [1, 2], starting: [3] });
    assert((await recordStep(services, claim, batch, again)).started);
    await endInFlight(mail);
  },
  () => ({ reject: () => "550 5.1.1 Nobody is here" }),
);

onEveryMail("recordStep() writes nothing for a claim that has ended", async (mail) => {
  const { db, services, worker, startWorker } = mail;
  const { message: { id }, claim, batch, pending, step } = await take(mail, 2);
  const [first] = pending;
  assert(first);
  await recordStep(services, claim, batch, step({ starting: [1] }));
  await worker.loseLease();
  const late = step({ step: 2, attempts: [finished(first, "sent")], starting: [2] });
  await assert.rejects(recordStep(services, claim, batch, late), StaleBatchError);
  await assert.rejects(takeBatch(services, claim), StaleBatchError);
  const other = await startWorker();
  await other.runQueued();
  await assert.rejects(recordStep(services, claim, batch, late), StaleBatchError);
  const rows = await readDeliveries(db, id);
  assert.deepEqual(rows.map(({ status }) => status), ["UNKNOWN", "SENT"]);
});

onEveryMail(
  "recordStep() resets the crashes of its job when it records an attempt",
  async (mail) => {
    const { db, services, worker, startWorker } = mail;
    const { job, pending: [first], claim: { batchId }, step } = await take(mail, 3);
    assert(first);
    await worker.loseLease();
    const other = await startWorker();
    const [rescued] = await other.claim();
    assert(rescued);
    const claim = { jobId: job.id, fence: rescued.fence, batchId };
    const batch = await takeBatch(services, claim);
    await recordStep(services, claim, batch, step({ step: batch.step, starting: [1] }));
    assert.equal((await readJob(db, job.id)).crashes, 1);
    const attempts = [finished(first, "failed")];
    const next = step({ step: batch.step + 1, attempts, starting: [2] });
    await recordStep(services, claim, batch, next);
    assert.equal((await readJob(db, job.id)).crashes, 0);
    await other.loseLease();
    assert.equal((await readJob(db, job.id)).crashes, 1);
    await (await startWorker()).runQueued();
  },
  () => ({ reject: () => "550 5.1.1 Nobody is here" }),
);

onEveryMail("recordStep() stores a text with a lone surrogate", async (mail) => {
  const { db, services, message, claim, batch, pending, step } = {
    ...mail,
    ...await take(mail, 1),
  };
  const [delivery] = pending;
  assert(delivery);
  const attempt = finished(delivery, "failed", "No \ud83d");
  const earlier = attempt.outcome.type === "failed"
    ? [{ provider: "first", error: attempt.outcome.error, durationMs: 1 }]
    : [];
  const attempts = [{ ...attempt, earlier }];
  await recordStep(services, claim, batch, step({ attempts, last: true }));
  const [row] = await readDeliveries(db, message.id);
  assert.deepEqual([row?.status, row?.tries], ["FAILED", 2]);
  await finishMessage(services, message);
});

onEveryMail("recordStep() is repeated after a lost connection", async (mail) => {
  const { db, services, claim, batch, step } = { ...mail, ...await take(mail, 2) };
  let runs = 0;
  const losing = interceptStatement(services, "deliveries.step", async (run) => {
    const rows = await run();
    if (++runs === 1) throw new DatabaseConnectionError(new Error("Connection terminated"));
    return rows;
  });
  assert((await recordStep(losing, claim, batch, step({ starting: [1] }))).started);
  assert.equal(runs, 2);
  const [row] = await db.run(WINDOW_OF, claim.batchId);
  assert.deepEqual(row?.win, [1]);
  await endInFlight(mail);
});

onEveryMail("recordStep() throws errors that are not transient", async (mail) => {
  const { db, services, claim, batch, step } = { ...mail, ...await take(mail, 2) };
  const broken = interceptStatement(services, "deliveries.step", () => {
    throw new TypeError("a bug");
  });
  await assert.rejects(recordStep(broken, claim, batch, step({ starting: [1] })), TypeError);
  await db.run(RENAME_COLUMN);
  await assert.rejects(recordStep(services, claim, batch, step({ starting: [1] })), {
    code: "42703",
  });
  await db.run(RENAME_BACK);
  assert((await recordStep(services, claim, batch, step({ starting: [1] }))).started);
  await endInFlight(mail);
});

onPostgres(
  `finishMessage() finishes each of ${PAIRS} messages once whose last two batches end together`,
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const organization = await createOrganization(db);
    for (const part of COUNT_ENDS) await db.run(part);
    await db.run(MAKE_PAIRS, organization.id, newId(), PAIRS);
    const end = async ({ messageId, ...claim }: BatchClaim & { messageId: string }) => {
      const batch = await takeBatch(services, claim);
      const [delivery] = await readPending(services, batch);
      assert(delivery);
      const step = { step: batch.step, inFlight: [], starting: [], last: true };
      await recordStep(services, claim, batch, { ...step, attempts: [finished(delivery, "sent")] });
      await finishMessage(services, { id: messageId, organizationId: organization.id });
    };
    const claims = await db.run(READ_PAIRS);
    for (let pair = 0; pair < PAIRS; pair++) {
      await Promise.all(claims.slice(2 * pair, 2 * pair + 2).map(end));
    }
    assert.deepEqual(await db.run(ENDS), [{ ends: PAIRS, messages: PAIRS }]);
    await services.bus.close();
  },
);
