import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { cancelMany } from "../../../src/domain/jobs/cancel.ts";
import { readRecentJobs } from "../../../src/domain/jobs/recent.ts";
import { settleJobs, type Settlement } from "../../../src/domain/jobs/settle.ts";
import { compactJobStats } from "../../../src/domain/jobs/stats.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addJobs, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const RAN_FOR = statement<[ms: number]>(
  "test.ranFor",
  `update jobs set started_at = now() - $1 * interval '1 millisecond' where status = 'PROCESSING'`,
);
const AGE = statement<[interval: string]>(
  "test.ageStats",
  "update job_stats set at = at - $1::text::interval",
);

/** Runs jobs and ends their claims after `ms`. */
async function run(
  { db, services }: TestQueue,
  organizationId: string,
  count: number,
  end: Partial<Settlement> = {},
  { ms = 10, ...fields }: Parameters<typeof addJob>[2] & { readonly ms?: number } = {},
): Promise<void> {
  await addJobs(db, organizationId, count, fields);
  const jobs = await claimWork(services, await addWorker(services), organizationId);
  assert.equal(jobs.length, count);
  await db.run(RAN_FOR, ms);
  await settleJobs(db, jobs.map((job) => endOf(job, end)));
}

onEveryQueue(
  "readRecentJobs() counts the jobs that ended in the last hour, and no attempt that is retried",
  async (queue) => {
    const { db, services, organization: { id: org, admin } } = queue;
    const error = { type: "OTHER", code: null, message: "No" };
    await run(queue, (await createOrganization(db)).id, 5);
    await run(queue, org, 3);
    await run(queue, org, 1, { outcome: "fail", error });
    await run(queue, org, 1, { outcome: "retry", error }, { maxAttempts: 1 });
    await run(queue, org, 1, { outcome: "cancel" });
    await run(queue, org, 1, { outcome: "retry", error, delayMs: 60_000 }, { maxAttempts: 2 });
    const waiting = await addJob(db, org, { lane: "SYSTEM" });
    await cancelMany(db, admin, [waiting]);

    await compactJobStats(services);
    const recent = await readRecentJobs(db, org);
    const found = recent.map(({ lane, completed, cancelled }) => [lane, completed, cancelled]);
    assert.deepEqual(found.sort(), [["BULK", 3, 1], ["SYSTEM", 0, 1]]);
    const { perMinute = 0 } = recent.find(({ lane }) => lane === "BULK") ?? {};
    // 5 jobs in 4 to 5 minutes.
    assert.ok(perMinute >= 1 && perMinute <= 1.25, `${perMinute}`);
    const system = recent.find(({ lane }) => lane === "SYSTEM");
    assert.deepEqual([system?.perMinute, system?.p95Ms], [0, null]);

    await db.run(AGE, "61 minutes");
    assert.deepEqual(await readRecentJobs(db, org), []);
  },
);

onEveryQueue(
  "readRecentJobs() finds the duration that 95 % of the jobs did not exceed",
  async (queue) => {
    const { db, services, organization: { id: org } } = queue;
    const p95 = async () => {
      await compactJobStats(services);
      const [bulk] = await readRecentJobs(db, org);
      return bulk?.p95Ms ?? 0;
    };
    await run(queue, org, 19, {}, { ms: 10_000 });
    await run(queue, org, 1, {}, { ms: 500_000 });
    const fast = await p95();
    // The jobs ran a little longer than the test says.
    assert.ok(fast > 9_000 && fast < 40_000, `${fast}`);
    // The duration of cancelled jobs does not count.
    await run(queue, org, 20, { outcome: "cancel" });
    await run(queue, org, 1, {}, { ms: 500_000 });
    const slow = await p95();
    assert.ok(slow > 450_000 && slow < 600_000, `${slow}`);
  },
);
