import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { ConflictError, ForbiddenError } from "../../../src/domain/errors.ts";
import { isHeld } from "../../../src/domain/hold.ts";
import { prepareStateReader } from "../../../src/domain/installation/database_state.ts";
import {
  advanceWitness,
  putOnHold,
  readHold,
  releaseHold,
} from "../../../src/domain/installation/hold.ts";
import { readJobWaits } from "../../../src/domain/jobs/read_waits.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { fireDue } from "../../../src/domain/schedules/fire.ts";
import { onEmbedded } from "../../support/database.ts";
import { addJob, addWorker, claimWork, endOf, readJob } from "../../support/jobs.ts";
import { onEveryQueue, onPostgresQueue, type TestQueue } from "../../support/queue.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { until } from "../../support/until.ts";
import { startTestWorker, untilAborted } from "../../support/worker.ts";

const MAKE_SCHEDULES_DUE = statement<[]>(
  "test.makeSchedulesDue",
  "update schedules set next_at = now() - interval '1 second'",
);

async function readState({ db }: Pick<TestQueue, "db">) {
  const reader = await prepareStateReader(db, (part, error) => {
    throw new Error(`Cannot read ${part}`, { cause: error });
  });
  const [state] = await db.run(reader);
  if (!state) throw new Error("No row");
  return state;
}

onEveryQueue("an installation on hold claims no job, until it is released", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  const id = await addJob(db, organization.id);
  await putOnHold(services, "Restored");
  assert.deepEqual(await claimWork(services, worker, organization.id), []);
  assert.equal((await readJob(db, id)).status, "QUEUED");
  await releaseHold(services, organization.operator);
  const [job] = await claimWork(services, worker, organization.id);
  assert.equal(job?.id, id);
  await settleJobs(db, [endOf(job)]);
});

onEveryQueue(
  "an installation on hold fires no schedule",
  async ({ db, services, organization }) => {
    await ensureBuiltInSchedules(services);
    await db.run(MAKE_SCHEDULES_DUE);
    await putOnHold(services, "Restored");
    assert.deepEqual(await fireDue(services), { fired: [], failed: [] });
    await releaseHold(services, organization.operator);
    assert.equal((await fireDue(services)).fired.length, 6);
  },
);

onEveryQueue("a hold keeps its first reason and start", async ({ db, services }) => {
  assert.equal(await readHold(db), null);
  assert.equal(await isHeld(db), false);
  await putOnHold(services, "Restored");
  const hold = await readHold(db);
  assert.equal(hold?.reason, "Restored");
  await putOnHold(services, "Requested");
  assert.deepEqual(await readHold(db), hold);
  assert.equal(await isHeld(db), true);
});

onEveryQueue(
  "releaseHold() is for the OPERATOR, and refuses an installation that is not on hold",
  async ({ db, services, organization }) => {
    const { operator, admin, member } = organization;
    await assert.rejects(
      releaseHold(services, operator),
      (error) => error instanceof ConflictError && error.code === "NOT_HELD",
    );
    await putOnHold(services, "Restored");
    for (const caller of [admin, member]) {
      await assert.rejects(releaseHold(services, caller), ForbiddenError);
    }
    assert.equal(await isHeld(db), true);
  },
);

onEveryQueue(
  "nothing is claimed in a database with a lower witness than the process has seen",
  async (queue) => {
    const { db, services, organization } = queue;
    const worker = await addWorker(services);
    await addJob(db, organization.id);
    const { number = 0 } = await advanceWitness(services, await readState(queue)) ?? {};
    const ahead = { ...services, witness: { number: number + 1 } };
    assert.deepEqual(await claimWork(ahead, worker, organization.id), []);
    const [job] = await claimWork(
      { ...services, witness: { number } },
      worker,
      organization.id,
    );
    assert.ok(job);
    await settleJobs(db, [endOf(job)]);
  },
);

onEveryQueue("advanceWitness() records the identity of the database", async (queue) => {
  const { services } = queue;
  const before = await readState(queue);
  assert.deepEqual(Object.values(before.recorded), [null, null, null, null]);
  const advanced = await advanceWitness(services, before);
  const after = await readState(queue);
  assert.deepEqual(after.recorded, after.actual);
  assert.ok(!Object.values(after.actual).includes(null));
  assert.deepEqual(
    [after.witness, after.witnessAt],
    [before.witness + 1, advanced?.at],
  );
});

onEveryQueue("advanceWitness() does nothing on hold and after a restore", async (queue) => {
  const { services, organization } = queue;
  const state = await readState(queue);
  assert.equal(await advanceWitness(services, { ...state, witness: state.witness + 1 }), null);
  await putOnHold(services, "Restored");
  assert.equal(await advanceWitness(services, state), null);
  await releaseHold(services, organization.operator);
  assert.equal(await advanceWitness(services, state), null);
});

onEveryQueue(
  "releaseHold() makes the copies of the witness void, and forgets the identity",
  async (queue) => {
    const { services, organization } = queue;
    await advanceWitness(services, await readState(queue));
    const before = await readState(queue);
    await putOnHold(services, "Restored");
    await releaseHold(services, organization.operator);
    const after = await readState(queue);
    assert.notEqual(after.id, before.id);
    assert.ok(after.witness > before.witness);
    assert.deepEqual(Object.values(after.recorded), [null, null, null, null]);
  },
);

onEveryQueue("releaseHold() skips fences that a lost process may have", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  const fenceOfNew = async () => {
    await addJob(db, organization.id);
    const [job] = await claimWork(services, worker, organization.id);
    assert.ok(job);
    await settleJobs(db, [endOf(job)]);
    return job.fence;
  };
  const before = await fenceOfNew();
  await putOnHold(services, "Restored");
  await releaseHold(services, organization.operator);
  assert.ok(await fenceOfNew() > before + 1_000_000);
});

onPostgresQueue(
  "a hold requeues the jobs that run, and the release runs them again",
  async ({ db, services, organization }) => {
    const id = await addJob(db, organization.id);
    let runs = 0;
    await using _worker = await startTestWorker(services, (run) => {
      runs += 1;
      return runs === 1 ? untilAborted(run) : Promise.resolve({ kind: "done" });
    });
    await until("the job runs", () => runs === 1);
    await putOnHold(services, "Restored");
    await until("the job is requeued", async () => (await readJob(db, id)).status === "QUEUED");
    const { attempt } = await readJob(db, id);
    assert.equal(attempt, 0);
    await releaseHold(services, organization.operator);
    await until("the job is done", async () => (await readJob(db, id)).status === "COMPLETED");
  },
);

onEveryQueue("a job on hold explains its wait", async ({ db, services, organization }) => {
  const id = await addJob(db, organization.id);
  await putOnHold(services, "Restored");
  assert.equal((await readJobWaits(db, [id])).get(id)?.reason, "HELD");
  await releaseHold(services, organization.operator);
  assert.equal((await readJobWaits(db, [id])).get(id)?.reason, "LANE_PAUSED");
});

// On PostgreSQL each test database has an id of its own.
onEmbedded("the migration names the installation by its first migration", async ({ db }) => {
  const EXPECTED = statement<[], { id: string }>(
    "test.installationId",
    "select md5(extract(epoch from applied_at)::text)::uuid as id from migrations where number = 1",
  );
  const [{ id } = { id: "" }] = await db.run(EXPECTED);
  assert.equal((await readState({ db })).id, id);
});
