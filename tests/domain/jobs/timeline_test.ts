import assert from "node:assert/strict";
import type { Connection } from "../../../src/db/database.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { promoteDueJobs } from "../../../src/domain/jobs/claim.ts";
import { findJob } from "../../../src/domain/jobs/find.ts";
import { deregisterWorker, rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { parkClaimed, wakeParked } from "../../../src/domain/jobs/park.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { settleJobs, type Settlement } from "../../../src/domain/jobs/settle.ts";
import { readTimeline } from "../../../src/domain/jobs/timeline.ts";
import { readHosts } from "../../../src/domain/jobs/workers.ts";
import { addJob, addWorker, claimWork, endOf, expireLease, makeDue } from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const ERROR = { type: "REFUSED", code: "E42", message: "No such customer" };

interface Life {
  readonly db: Connection;
  readonly id: string;
  readonly worker: string;
  /** Claims the job and ends the claim. */
  run(end: Partial<Settlement>, worker?: string): Promise<void>;
  /** Claims the job; returns the fence. */
  claim(worker?: string): Promise<number>;
  /** Reads the timeline: state, number of the worker or "-", and text. */
  read(): Promise<string[]>;
}

async function startLife(queue: TestQueue, workers: string[]): Promise<Life> {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  workers.push(worker);
  const id = await addJob(db, organization.id, { subject: "msg_1", userId: "max" });
  const claim = async (by = worker) => {
    await makeDue(db);
    await promoteDueJobs(services, 10);
    const [job] = await claimWork(services, by, organization.id);
    assert.ok(job);
    return job;
  };
  return {
    db,
    id,
    worker,
    claim: async (by) => (await claim(by)).fence,
    run: async (end, by) => void await settleJobs(db, [endOf(await claim(by), end)]),
    async read() {
      const job = await findJob(db, organization.id, id);
      assert.ok(job);
      const moments = await readTimeline(services, job);
      return moments.map(({ state, workerId, text }) =>
        `${state} ${workerId ? workers.indexOf(workerId) : "-"} ${
          text.replaceAll(/\d\d:\d\d(:\d\d)? UTC/g, "T").replaceAll(/\d{4}-\d\d-\d\d /g, "")
        }`
      );
    },
  };
}

onEveryQueue("readTimeline() lists waits, failures, a crash and a retry", async (queue) => {
  const { services, organization: { admin } } = queue;
  const workers: string[] = [];
  const { db, id, worker, run, claim, read } = await startLife(queue, workers);
  const wait = { reason: "RATE_LIMIT", providerId: null } as const;
  await run({ outcome: "snooze", delayMs: 60_000, wait });
  await run({ outcome: "snooze", delayMs: 90_000, wait });
  await run({ outcome: "retry", delayMs: 60_000, error: ERROR });
  await claim();
  await expireLease(db, worker);
  await rescueOrphans(services);
  const second = await addWorker(services);
  workers.push(second);
  await run({ outcome: "release" }, second);
  await run({ outcome: "fail", error: ERROR }, second);
  await retryJob(services, admin, id);
  await claim(second);
  assert.deepEqual(await read(), [
    "QUEUED - Created by max",
    "PUT_OFF 0 Put off 2 times within the hour, the last time until T by the rate limit of its provider",
    "STARTED 0 Attempt 1 started",
    "PUT_OFF 0 Attempt 1 failed: No such customer (E42)",
    "STARTED 0 Attempt 2 started",
    "RESCUED 0 The worker died during attempt 2; the job was queued again",
    "QUEUED 1 Queued again, because its worker stopped",
    "STARTED 1 Attempt 2 started",
    "FAILED 1 Attempt 2 failed: No such customer (E42)",
    "QUEUED - Retried by ada",
    "STARTED 1 Attempt 1 started",
  ]);
  await deregisterWorker(services, second);
  assert.equal(
    (await read()).at(-1),
    "QUEUED 1 Queued again, because its worker stopped",
  );
  const hosts = await readHosts(db, workers);
  assert.deepEqual(workers.map((dead) => hosts.get(dead)), ["test", "test"]);
});

onEveryQueue("readTimeline() ends with the state of the job", async (queue) => {
  const { services, organization: { admin } } = queue;
  const ends: Record<string, (life: Life) => Promise<unknown>> = {
    "COMPLETED 0 Attempt 1 completed": ({ run }) => run({}),
    "CANCELLED 0 Attempt 1 was cancelled": ({ run }) => run({ outcome: "cancel" }),
    "CANCELLED - Cancelled": ({ id }) => cancelJob(services, admin, id),
    "PUT_OFF 0 Attempt 1 failed: No such customer (E42); put off until T": ({ run }) =>
      run({ outcome: "retry", delayMs: 60_000, error: ERROR }),
    "FAILED 0 Attempt 3 failed: No such customer (E42)": async ({ run }) => {
      for (let n = 0; n < 3; n++) await run({ outcome: "retry", delayMs: 1_000, error: ERROR });
    },
    "PUT_OFF 0 Parked until its message is resumed": async ({ db, id, claim }) => {
      await parkClaimed(db, id, await claim());
      assert.equal(await parkClaimed(db, id, 1), false);
    },
  };
  for (const [expected, end] of Object.entries(ends)) {
    const life = await startLife(queue, []);
    await end(life);
    assert.equal((await life.read()).at(-1), expected);
    await wakeParked(life.db, "msg_1");
    await retryJob(services, admin, life.id).catch(() => {});
    await cancelJob(services, admin, life.id).catch(() => {});
  }
});
