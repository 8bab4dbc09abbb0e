import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { ConflictError, InvalidInputError, NotFoundError } from "../../../src/domain/errors.ts";
import { newId } from "../../../src/domain/id.ts";
import { canCancel, canRetry, type Job } from "../../../src/domain/jobs/job.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { findJob, getJob, readAttempts } from "../../../src/domain/jobs/find.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { startJob, type StartJobInput } from "../../../src/domain/jobs/start.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createOrganization } from "../../support/callers.ts";
import {
  addJob,
  addJobs,
  addWorker,
  claimWork,
  endOf,
  readJob,
  readJobs,
} from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const COUNT = statement<[], { count: number }>("test.countJobs", "select count(*) from jobs");
const ERROR = { type: "NETWORK", code: null, message: "No answer" };

async function count(db: Connection): Promise<number | undefined> {
  const [row] = await db.run(COUNT);
  return row?.count;
}

/** Creates one job in each state; SCHEDULED twice: for a later start, and for a retry. */
async function oneOfEach(queue: TestQueue): Promise<Record<string, string>> {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  await addJobs(db, organization.id, 6);
  const jobs = await claimWork(services, worker, organization.id);
  const [completed, failed, cancelled, retried, running, stopping] = jobs;
  assert.ok(completed && failed && cancelled && retried && running && stopping);
  await settleJobs(db, [
    endOf(completed),
    endOf(failed, { outcome: "fail", error: ERROR }),
    endOf(cancelled, { outcome: "cancel" }),
    endOf(retried, { outcome: "retry", delayMs: 60_000, error: ERROR }),
  ]);
  await cancelJob(services, organization.admin, stopping.id);
  return {
    completed: completed.id,
    failed: failed.id,
    cancelled: cancelled.id,
    retried: retried.id,
    running: running.id,
    stopping: stopping.id,
    queued: await addJob(db, organization.id),
    later: await addJob(db, organization.id, { runAt: new Date(Date.now() + 60_000) }),
  };
}

async function find({ db, organization }: TestQueue, id: string): Promise<Job> {
  const job = await findJob(db, organization.id, id);
  assert.ok(job);
  return job;
}

/** Returns the states in which `verb` is accepted. */
async function acceptedStates(
  queue: TestQueue,
  states: Record<string, string>,
  verb: typeof cancelJob,
): Promise<string[]> {
  const accepted: string[] = [];
  for (const [state, id] of Object.entries(states)) {
    try {
      await verb(queue.services, queue.organization.admin, id);
      accepted.push(state);
    } catch (error) {
      assert.ok(error instanceof ConflictError, String(error));
    }
  }
  return accepted.sort();
}

onEveryQueue(
  "retryJob() accepts the states that canRetry() names, and queues the job",
  async (queue) => {
    const states = await oneOfEach(queue);
    const allowed: string[] = [];
    for (const [state, id] of Object.entries(states)) {
      if (canRetry(await find(queue, id))) allowed.push(state);
    }
    assert.deepEqual(await acceptedStates(queue, states, retryJob), allowed.sort());
    assert.deepEqual(allowed, ["cancelled", "failed", "later", "retried"]);

    const rows = await readJobs(queue.db, allowed.map((state) => states[state] ?? ""));
    assert.ok(
      rows.every(({ status, waitMs, error }) => status === "QUEUED" && waitMs <= 0 && !error),
    );
    assert.equal((await readJob(queue.db, states["failed"] ?? "")).attempt, 0);
    assert.equal((await readJob(queue.db, states["retried"] ?? "")).attempt, 1);
  },
);

onEveryQueue(
  "cancelJob() accepts the states that canCancel() names, and jobs being cancelled",
  async (queue) => {
    const states = await oneOfEach(queue);
    const allowed: string[] = [];
    for (const [state, id] of Object.entries(states)) {
      if (canCancel(await find(queue, id))) allowed.push(state);
    }
    const accepted = await acceptedStates(queue, states, cancelJob);
    assert.deepEqual(accepted, [...allowed, "stopping"].sort());
    assert.deepEqual(allowed.sort(), ["later", "queued", "retried", "running"]);

    const running = await readJob(queue.db, states["running"] ?? "");
    assert.deepEqual([running.status, running.cancelRequested], ["PROCESSING", true]);
    for (const state of ["later", "queued", "retried"]) {
      assert.equal((await readJob(queue.db, states[state] ?? "")).status, "CANCELLED");
    }
  },
);

onEveryQueue("getJob(), cancelJob() and retryJob() do not find jobs of others", async (queue) => {
  const { db, services, organization } = queue;
  const stranger = (await createOrganization(db)).admin;
  const { admin, member, colleague, operator } = organization;
  const mine = await addJob(db, organization.id, { userId: member.userId });
  const system = await addJob(db, organization.id);
  const verbs = [getJob, cancelJob, retryJob];
  for (const verb of verbs) {
    for (const [caller, id] of [[stranger, mine], [colleague, mine], [member, system]] as const) {
      await assert.rejects(verb(services, caller, id), NotFoundError);
    }
    await assert.rejects(verb(services, admin, newId()), NotFoundError);
  }
  assert.equal((await getJob(services, operator, system)).id, system);
  assert.equal((await getJob(services, admin, mine)).id, mine);
  assert.equal((await cancelJob(services, member, mine)).status, "CANCELLED");
  assert.equal((await retryJob(services, member, mine)).status, "QUEUED");
});

onEveryQueue(
  "cancelJob() and retryJob() name the status of a job that they refuse",
  async (queue) => {
    const { services, organization: { admin } } = queue;
    const states = await oneOfEach(queue);
    const refusal = (code: string, text: RegExp) => (error: ConflictError) => {
      assert.equal(error.code, code);
      assert.match(error.message, text);
      return true;
    };
    await assert.rejects(
      cancelJob(services, admin, states["completed"] ?? ""),
      refusal("ALREADY_FINISHED", /COMPLETED/),
    );
    await assert.rejects(
      retryJob(services, admin, states["running"] ?? ""),
      refusal("NOT_RETRYABLE", /PROCESSING/),
    );
  },
);

onEveryQueue("retryJob() refuses a job while another one has its unique key", async (queue) => {
  const { db, services, organization: { id: organizationId, admin } } = queue;
  const first = await addJob(db, organizationId, { uniqueKey: "nightly" });
  await cancelJob(services, admin, first);
  const second = await addJob(db, organizationId, { uniqueKey: "nightly" });
  await assert.rejects(
    retryJob(services, admin, first),
    ({ code }: ConflictError) => code === "ALREADY_RUNNING",
  );
  assert.equal((await readJob(db, first)).status, "CANCELLED");
  await cancelJob(services, admin, second);
  assert.equal((await retryJob(services, admin, first)).status, "QUEUED");
});

onEveryQueue("startJob() writes a job, and wakes the workers of its lane", async (queue) => {
  const { db, services, organization: { admin, id: organizationId } } = queue;
  const woken: unknown[] = [];
  services.bus.subscribe("queue", ({ ids }) => woken.push(ids));
  const { job, created } = await startJob(services, admin, {
    kind: "CLEANUP",
    payload: {},
    priority: -100,
    maxAttempts: 10,
    runAt: new Date(Date.now() + 60_000),
  });
  assert.deepEqual(
    [created, job.organizationId, job.userId, job.lane, job.priority, job.maxAttempts, job.status],
    [true, organizationId, "ada", "SYSTEM", -100, 10, "SCHEDULED"],
  );
  assert.deepEqual(woken, [["SYSTEM"]]);
  assert.deepEqual(await readAttempts(services, job), []);
  assert.equal(await count(db), 1);
});

onEveryQueue(
  "startJob() refuses each invalid field, and writes nothing",
  async (queue) => {
    const { db, services, organization: { admin, member } } = queue;
    const good: StartJobInput = { kind: "CLEANUP", payload: {} };
    const cases: [object, ...paths: string[]][] = [
      [{ kind: "SEND_BATCH" }, "kind"],
      [{ payload: { surprise: 1 } }, "payload.surprise"],
      [{ priority: 101 }, "priority"],
      [{ priority: 1.5 }, "priority"],
      [{ maxAttempts: 0, priority: -101 }, "priority", "maxAttempts"],
      [{ maxAttempts: 11 }, "maxAttempts"],
      [{ uniqueKey: "" }, "uniqueKey"],
      [{ uniqueKey: "x".repeat(201) }, "uniqueKey"],
      [{ uniqueKey: "a\0b" }, "uniqueKey"],
      [{ runAt: new Date(NaN) }, "runAt"],
    ];
    for (const [fields, ...paths] of cases) {
      await assert.rejects(
        startJob(services, admin, { ...good, ...fields }),
        ({ issues }: InvalidInputError) => {
          assert.deepEqual(issues.map(({ path }) => path.join(".")), paths);
          // The texts continue a sentence that begins with the path.
          for (const { message } of issues) assert.match(message, /^[a-z]/);
          return true;
        },
      );
    }
    await assert.rejects(startJob(services, member, good), { name: "ForbiddenError" });
    assert.equal(await count(db), 0);
  },
);

onEveryQueue(
  "startJob() starts one job of 20 simultaneous ones with the same key",
  async (queue) => {
    const { db, services, organization: { admin } } = queue;
    const started = await Promise.all(
      Array.from(
        { length: 20 },
        () => startJob(services, admin, { kind: "CLEANUP", payload: {}, uniqueKey: "now" }),
      ),
    );
    assert.equal(new Set(started.map(({ job }) => job.id)).size, 1);
    assert.equal(started.filter(({ created }) => created).length, 1);
    assert.equal(await count(db), 1);
  },
);

onEveryQueue(
  "startJob() starts a new job when the job with its key ends meanwhile",
  async (queue) => {
    const { db, services, organization: { admin } } = queue;
    const input: StartJobInput = { kind: "CLEANUP", payload: {}, uniqueKey: "now" };
    const { job: first } = await startJob(services, admin, input);
    // The first job ends between the two statements of the second start.
    const racing: Services = {
      ...services,
      db: {
        ...db,
        async run(statement, ...params) {
          if (statement.label === "jobs.findByKey") await cancelJob(services, admin, first.id);
          return await db.run(statement, ...params);
        },
      },
    };
    const { job: second, created } = await startJob(racing, admin, input);
    assert.equal(created, true);
    assert.notEqual(second.id, first.id);
  },
);
