import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { FIRST_JOB, type JobRetention, pruneJobs } from "../../../src/domain/jobs/prune.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const HOUR = 60 * 60_000;
const RETENTION = { completedMs: 24 * HOUR, failedMs: 7 * 24 * HOUR };

const AGE = statement<[hours: number]>(
  "test.age",
  "update jobs set finished_at = finished_at - $1 * interval '1 hour' where finished_at is not null",
);
const COUNT_BY_STATUS = statement<[], { status: string; count: number }>(
  "test.left",
  "select status, count(*) from jobs group by 1 order by 1",
);
const ATTEMPTS = statement<[], { count: number }>(
  "test.countAttempts",
  "select count(*) from job_attempts",
);

async function countByStatus(db: Connection): Promise<string[]> {
  return (await db.run(COUNT_BY_STATUS)).map(({ status, count }) => `${count} ${status}`);
}

/** Prunes chunk by chunk to the end; returns the number of jobs that each chunk deleted. */
async function prune(
  services: Services,
  retention: JobRetention,
  organizationId: string | null = null,
  limit = 100,
): Promise<number[]> {
  const chunks: number[] = [];
  let after: string | null = FIRST_JOB;
  while (after !== null) {
    const { pruned, last } = await pruneJobs(services, retention, organizationId, after, limit);
    chunks.push(pruned);
    after = last;
  }
  return chunks;
}

/** Creates jobs of the organization: three COMPLETED, three FAILED, three CANCELLED, three QUEUED. */
async function finishSome({ db, services }: TestQueue, organizationId: string): Promise<void> {
  await addJobs(db, organizationId, 9);
  const jobs = await claimWork(services, await addWorker(services), organizationId);
  const outcomes = ["done", "fail", "cancel"] as const;
  await settleJobs(db, jobs.map((job, n) => endOf(job, { outcome: outcomes[n % 3] })));
  await addJobs(db, organizationId, 3);
}

onEveryQueue(
  "pruneJobs() deletes jobs and their attempts when their retention is over",
  async (queue) => {
    const { db, services, organization } = queue;
    await finishSome(queue, organization.id);
    assert.deepEqual(await prune(services, RETENTION), [0, 0]);
    await db.run(AGE, 25);
    assert.deepEqual(await prune(services, RETENTION), [3, 0]);
    assert.deepEqual(await countByStatus(db), ["3 CANCELLED", "3 FAILED", "3 QUEUED"]);
    await db.run(AGE, 24 * 7);
    assert.deepEqual(await prune(services, RETENTION), [6, 0]);
    assert.deepEqual(await countByStatus(db), ["3 QUEUED"]);
    assert.deepEqual(await db.run(ATTEMPTS), [{ count: 0 }]);
  },
);

onEveryQueue("pruneJobs() applies each retention separately", async (queue) => {
  const { db, services, organization } = queue;
  await finishSome(queue, organization.id);
  await db.run(AGE, 2);
  const retention = { completedMs: 24 * HOUR, failedMs: HOUR };
  assert.deepEqual(await prune(services, retention), [6, 0]);
  assert.deepEqual(await countByStatus(db), ["3 COMPLETED", "3 QUEUED"]);
});

onEveryQueue(
  "pruneJobs() examines jobs chunk by chunk, of one organization or of all",
  async (queue) => {
    const { db, services, organization } = queue;
    const other = await createOrganization(db);
    await finishSome(queue, organization.id);
    await finishSome(queue, other.id);
    await db.run(AGE, 24 * 8);
    // Each organization has twelve jobs, of which the finished ones are the oldest; four per chunk.
    assert.deepEqual(await prune(services, RETENTION, other.id, 4), [4, 4, 1, 0]);
    assert.deepEqual(await prune(services, RETENTION, null, 4), [4, 4, 1, 0, 0]);
    assert.deepEqual(await countByStatus(db), ["6 QUEUED"]);
  },
);
