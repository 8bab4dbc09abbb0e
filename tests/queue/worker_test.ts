import assert from "node:assert/strict";
import type { Services } from "../../src/domain/services.ts";
import { insertJobs, wakeWorkers } from "../../src/domain/jobs/enqueue.ts";
import { cancelJob } from "../../src/domain/jobs/cancel.ts";
import { cancelled, done, JobFailure, snooze } from "../../src/domain/jobs/outcome.ts";
import { createBus } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { JobAborted } from "../../src/domain/jobs/abort.ts";
import { createOrganization } from "../support/callers.ts";
import {
  addJob,
  addJobs,
  makeDue,
  newJob,
  readAttempts,
  readJob,
  readJobs,
} from "../support/jobs.ts";
import { onEveryQueue, onPostgresQueue, type TestQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { interceptStatement, startTestWorker, untilAborted } from "../support/worker.ts";

/** Waits until all of these jobs have finished; returns their statuses. */
async function finished({ db }: TestQueue, ids: readonly string[]): Promise<string[]> {
  const jobs = await until("all jobs have finished", async () => {
    await makeDue(db);
    const jobs = await readJobs(db, ids);
    return jobs.every(({ finished }) => finished) && jobs;
  });
  const byId = new Map(jobs.map(({ id, status }) => [id, status]));
  return ids.map((id) => byId.get(id) ?? "gone");
}

onEveryQueue("startWorker() settles each outcome of a job", async (queue) => {
  const { db, services, organization } = queue;
  const ends = ["done", "cancel", "fail", "throw", "snooze", "unrecordable"];
  const ids = await insertJobs(
    db,
    ends.map((end) => newJob(organization.id, { payload: { end }, maxAttempts: 2 })),
  );
  const snoozed = new Set<string>();
  await using _worker = await startTestWorker(services, ({ job }, { end }) => {
    if (end === "cancel") return Promise.resolve(cancelled);
    if (end === "fail") throw new JobFailure("PERMISSION", "No", { retryable: false });
    if (end === "throw") throw new Error("boom");
    // PostgreSQL refuses NUL; the other jobs of the statement must be settled all the same.
    if (end === "unrecordable") throw new JobFailure("A\0B", "No", { retryable: false });
    if (end !== "snooze" || snoozed.has(job.id)) return Promise.resolve(done);
    snoozed.add(job.id);
    return Promise.resolve(snooze(0));
  });
  assert.deepEqual(await finished(queue, ids), [
    "COMPLETED",
    "CANCELLED",
    "FAILED",
    "FAILED",
    "COMPLETED",
    "FAILED",
  ]);
  const attempts = await Promise.all(
    ids.map(async (id) => (await readAttempts(db, id)).map(({ number }) => number)),
  );
  assert.deepEqual(attempts, [[1], [1], [1], [1, 2], [1], [1]]);
  assert.match((await readJob(db, ids[5] ?? "")).error?.message ?? "", /could not be recorded/);
});

onEveryQueue(
  "startWorker() writes progress while a job runs",
  async ({ db, services, organization }) => {
    const id = await addJob(db, organization.id);
    const progress = { total: 2, processed: 1, succeeded: 1, failed: 0, skipped: 0 };
    const finish = Promise.withResolvers<void>();
    await using _worker = await startTestWorker(services, async ({ report }) => {
      report(progress);
      await finish.promise;
      report({ ...progress, processed: 2, succeeded: 2 });
      return done;
    });
    const read = async () => (await readJob(db, id)).progress;
    assert.deepEqual(await until("progress is written", read), progress);
    finish.resolve();
    await until("the last progress is written", async () => (await read())?.processed === 2);
  },
);

onEveryQueue("stop() requeues running jobs without counting the attempt", async (queue) => {
  const { db, services, organization } = queue;
  const ids = await addJobs(db, organization.id, 3, { maxAttempts: 1 });
  const last = ids.at(-1);
  let running = 0;
  const worker = await startTestWorker(services, async (run) => {
    running++;
    // The last job ends as done in spite of the abort.
    return await untilAborted(run).catch((reason) => {
      if (run.job.id === last) return done;
      throw reason;
    });
  });
  await until("all run", () => running === 3);
  await worker.stop();
  const jobs = await readJobs(db, ids);
  assert.deepEqual(
    jobs.map(({ status, attempt, fence }) => [status, attempt, fence]),
    [["QUEUED", 0, null], ["QUEUED", 0, null], ["COMPLETED", 1, null]],
  );
});

onEveryQueue("startWorker() aborts and retries a job that exceeds its timeout", async (queue) => {
  const { db, services, organization } = queue;
  const id = await addJob(db, organization.id);
  let reason: unknown;
  await using _worker = await startTestWorker(services, (run) => {
    run.signal.addEventListener("abort", () => reason = run.signal.reason);
    return untilAborted(run);
  }, { timeoutMs: 1 });
  const [attempt] = await until("the attempt has ended", async () => {
    const attempts = await readAttempts(db, id);
    return attempts.length > 0 && attempts;
  });
  assert.deepEqual(attempt, { number: 1, outcome: "FAILED", errorType: "TIMEOUT" });
  assert.ok(reason instanceof JobAborted && reason.abortCause === "timeout");
});

/** Creates the services of another process, with a bus of its own. */
function otherProcess({ db }: Services): Services {
  const transport = postgresTransport(() => db.dedicated(), (error) => {
    throw error;
  });
  return { db, bus: createBus(transport) };
}

onPostgresQueue("cancelJob() aborts the handler in another process", async (queue) => {
  const { db, organization } = queue;
  const processes = [otherProcess(queue.services), otherProcess(queue.services)] as const;
  for (const { bus } of processes) await until("the bus is up", () => bus.healthy());
  const ids = await addJobs(db, organization.id, 8);
  const running = new Map<number, string[]>([[0, []], [1, []]]);
  const workers = await Promise.all(
    processes.map((services, n) =>
      startTestWorker(services, (run) => {
        running.get(n)?.push(run.job.id);
        return untilAborted(run);
      }, { lanes: { BULK: 4 } })
    ),
  );
  await until(
    "each process runs half of the jobs",
    () => [...running.values()].every(({ length }) => length === 4),
  );

  // Each job is cancelled by the process that does not run it.
  for (const [n, services] of processes.entries()) {
    for (const id of running.get(1 - n) ?? []) await cancelJob(services, organization.admin, id);
  }
  assert.deepEqual(new Set(await finished(queue, ids)), new Set(["CANCELLED"]));
  await Promise.all(workers.map((worker) => worker.stop()));
  for (const { bus } of processes) await bus.close();
});

onEveryQueue(
  "startWorker() aborts only jobs whose cancel request is in the database",
  async (queue) => {
    const { db, services, organization } = queue;
    const [other = "", requested = ""] = await addJobs(db, organization.id, 2);
    const aborted: string[] = [];
    let running = 0;
    await using _worker = await startTestWorker(services, (run) => {
      running++;
      run.signal.addEventListener("abort", () => aborted.push(run.job.id));
      return untilAborted(run);
    });
    await until("both run", () => running === 2);
    services.bus.publish("cancel", organization.id, [other]);
    await cancelJob(services, organization.admin, requested);
    await until("one is aborted", () => aborted.length > 0);
    assert.deepEqual(aborted, [requested]);
  },
);

onEveryQueue(
  "startWorker() shares one slot fairly between organizations and topics",
  async (queue) => {
    const { db, services, organization } = queue;
    const other = await createOrganization(db);
    await addJobs(db, organization.id, 50);
    const news = await addJobs(db, organization.id, 2, { topic: "news" });
    const few = await addJobs(db, other.id, 2);
    const order: string[] = [];
    await using _worker = await startTestWorker(services, ({ job }) => {
      order.push(job.id);
      return Promise.resolve(done);
    }, { lanes: { BULK: 1 } });
    await until("the few have run", () => [...news, ...few].every((id) => order.includes(id)));
    const places = (ids: string[]) => ids.map((id) => order.indexOf(id));
    assert.ok(Math.max(...places(few)) < 4, `Jobs of the other organization ran as ${places(few)}`);
    assert.ok(Math.max(...places(news)) < 8, `Jobs of the other topic ran as ${places(news)}`);
  },
);

onEveryQueue("startWorker() uses no slot of another lane for a full lane", async (queue) => {
  const { db, services, organization } = queue;
  await addJobs(db, organization.id, 100);
  const lanes = { BULK: 5, TRANSACTIONAL: 1, AI: 1 };
  let stuck = 0;
  await using _worker = await startTestWorker(services, (run) => {
    if (run.job.lane !== "BULK") return Promise.resolve(done);
    stuck++;
    return untilAborted(run);
  }, { lanes });
  await until("the lane is full", () => stuck === 5);
  const urgent = [
    await addJob(db, organization.id, { lane: "TRANSACTIONAL" }),
    await addJob(db, organization.id, { lane: "AI" }),
  ];
  wakeWorkers(services, ["TRANSACTIONAL", "AI"]);
  assert.deepEqual(await finished(queue, urgent), ["COMPLETED", "COMPLETED"]);
  assert.equal(stuck, 5);
});

onPostgresQueue(
  "startWorker() does not delay a lane beside one with more slots than CLAIM_LIMIT",
  async (queue) => {
    const { db, services, organization } = queue;
    const flood = await addJobs(db, organization.id, 4_000);
    const urgent = await addJob(db, organization.id, { lane: "AI" });
    let ran = 0;
    let before = NaN;
    await using _worker = await startTestWorker(services, ({ job }) => {
      if (job.id === urgent) before = ran;
      ran++;
      return Promise.resolve(done);
    }, { lanes: { BULK: 1_000, AI: 1 } });
    await until("all have run", () => ran === flood.length + 1);
    assert.ok(before < 1_000, `${before} jobs of the other lane ran first`);
  },
);

onEveryQueue(
  "startWorker() records the attempts of a settle statement once whose answer was lost",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 3);
    let failures = 0;
    const cut = interceptStatement(services, "jobs.settle", async (run) => {
      failures++;
      // The first request is lost, and then the answer to the second one.
      if (failures === 1) throw new Error("connection lost");
      const rows = await run();
      if (failures === 2) throw new Error("connection lost");
      return rows;
    });
    let ran = 0;
    await using _worker = await startTestWorker(cut, () => {
      ran++;
      return Promise.resolve(done);
    });
    assert.deepEqual(await finished(queue, ids), ["COMPLETED", "COMPLETED", "COMPLETED"]);
    assert.equal(ran, 3);
  },
);

onEveryQueue("wakeWorkers() makes only workers of these lanes scan the queue", async (queue) => {
  const { services } = queue;
  const scans = { BULK: 0, AI: 0 };
  const scanning = (lane: keyof typeof scans) =>
    interceptStatement(services, "jobs.partitions", (run) => {
      scans[lane]++;
      return run();
    });
  const idle = () => Promise.resolve(done);
  await using _bulk = await startTestWorker(scanning("BULK"), idle, { lanes: { BULK: 1 } });
  await using _ai = await startTestWorker(scanning("AI"), idle, { lanes: { AI: 1 } });
  await until("both have scanned", () => scans.BULK > 0 && scans.AI > 0);
  const before = { ...scans };
  const start = performance.now();
  for (let n = 1; n <= 10; n++) {
    wakeWorkers(services, ["AI"]);
    await until("the worker of the lane has scanned", () => scans.AI >= before.AI + n);
  }
  // Each of the two loops of an idle worker polls after 0.8 s at the earliest.
  const polls = 2 * (1 + (performance.now() - start) / 800);
  const others = scans.BULK - before.BULK;
  assert.ok(others <= polls, `The other worker scanned ${others} times, of which ${polls} polls`);
  services.bus.publish("queue", "*", null);
  const { BULK } = scans;
  await until("a signal without lanes wakes the other, too", () => scans.BULK > BULK);
});
