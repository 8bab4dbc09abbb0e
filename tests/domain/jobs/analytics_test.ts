import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import type { Caller } from "../../../src/domain/access/access.ts";
import type { InvalidInputError } from "../../../src/domain/errors.ts";
import { readJobSeries, readJobStats } from "../../../src/domain/jobs/analytics.ts";
import { promoteDueJobs } from "../../../src/domain/jobs/claim.ts";
import { rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { settleJobs, type Settlement } from "../../../src/domain/jobs/settle.ts";
import { compactJobStats, pruneJobStats } from "../../../src/domain/jobs/stats.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addWorker, claimWork, endOf, expireLease, makeDue } from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const RAN_FOR = statement<[ms: number]>(
  "test.ranFor",
  `update jobs set started_at = now() - $1 * interval '1 millisecond' where status = 'PROCESSING'`,
);
const AGE = statement<[interval: string]>(
  "test.ageStats",
  "update job_stats set at = at - $1::text::interval",
);
const ROWS = statement<[], { at: string; n: number }>(
  "test.statRows",
  `select to_char(at at time zone 'UTC', 'MI') as at, sum(n)::int as n from job_stats group by 1`,
);
const PLACE = statement<[at: Date]>(
  "test.placeStats",
  `update job_stats s set at = $1::timestamptz + r.n * interval '10 minutes'
   from (select ctid, row_number() over (order by duration) - 1 as n from job_stats) r
   where s.ctid = r.ctid`,
);

const HOUR = 60 * 60_000;
const ERROR = { type: "REFUSED", code: null, message: "No such customer" };
const TIMEOUT = { type: "TIMEOUT", code: null, message: "Took longer than 5 s" };

/** Runs a job and ends its claim after `ms`. */
async function runFor(
  { db, services, organization }: TestQueue,
  ms: number,
  end: Partial<Settlement> = {},
  fields: Parameters<typeof addJob>[2] = {},
): Promise<void> {
  await addJob(db, organization.id, { kind: "CLEANUP", topic: "work", ...fields });
  const [job] = await claimWork(services, await addWorker(services), organization.id);
  assert.ok(job);
  await db.run(RAN_FOR, ms);
  await settleJobs(db, [endOf(job, end)]);
}

function lastHours(hours: number): { from: Date; to: Date } {
  return { from: new Date(Date.now() - hours * HOUR), to: new Date(Date.now() + HOUR) };
}

onEveryQueue(
  "readJobStats() counts ended jobs by kind, before and after compaction",
  async (queue) => {
    const { db, services, organization: { admin, member, colleague, id } } = queue;
    await addJob(db, id, { kind: "RETRY_FAILED", topic: "work" });
    for (let crashes = 0; crashes < 3; crashes++) {
      const dead = await addWorker(services);
      await claimWork(services, dead, id);
      await expireLease(db, dead);
      await rescueOrphans(services);
      await makeDue(db);
      await promoteDueJobs(services, 1);
    }
    for (let n = 0; n < 9; n++) await runFor(queue, 100);
    await runFor(queue, 5_000, { outcome: "fail", error: ERROR });
    await runFor(queue, 20, { outcome: "fail", error: TIMEOUT }, { kind: "SEND_DUE" });
    const own = { kind: "SEND_DUE", userId: member.userId };
    await runFor(queue, 20, { outcome: "retry", error: ERROR }, { ...own, maxAttempts: 1 });
    for (const outcome of ["cancel", "snooze"] as const) {
      await runFor(queue, 20, { outcome, delayMs: 60_000 });
    }

    const read = async (caller: Caller) => await readJobStats(services, caller, lastHours(1));
    const stranger = (await createOrganization(db)).admin;
    for (let round = 0; round < 3; round++) {
      const stats = await read(admin);
      assert.deepEqual(
        stats.map(({ kind, completed, failed, timedOut }) => [kind, completed, failed, timedOut]),
        [["CLEANUP", 9, 1, 0], ["SEND_DUE", 0, 2, 1], ["RETRY_FAILED", 0, 1, 0]],
      );
      const { p50Ms = 0, p95Ms = 0 } = stats[0] ?? {};
      // The jobs ran a little longer than the test says.
      assert.ok(p50Ms > 90 && p50Ms < 130 && p95Ms > 4_500 && p95Ms < 5_600, `${p50Ms} ${p95Ms}`);
      assert.deepEqual((await read(member)).map(({ kind, failed }) => [kind, failed]), [[
        "SEND_DUE",
        1,
      ]]);
      assert.deepEqual(await read(colleague), []);
      assert.deepEqual(await read({ ...member, userId: null }), []);
      assert.deepEqual(await read(stranger), []);
      await compactJobStats(services);
    }
  },
);

onEveryQueue("readJobSeries() returns every interval of the period", async (queue) => {
  const { db, services, organization: { admin } } = queue;
  await runFor(queue, 10);
  await runFor(queue, 1_000, { outcome: "fail", error: ERROR });
  await runFor(queue, 60_000);
  await compactJobStats(services);
  await db.run(PLACE, new Date("2026-03-01T22:50:00Z"));
  const series = async (bucket: "HOUR" | "DAY", timezone: string) => {
    const period = { from: new Date("2026-03-01T22:00:00Z"), to: new Date("2026-03-02T00:30:00Z") };
    return (await readJobSeries(services, admin, period, bucket, timezone))
      .map(({ at, completed, failed }) => [at.toISOString().slice(0, 16), completed, failed]);
  };
  assert.deepEqual(await series("HOUR", "UTC"), [
    ["2026-03-01T22:00", 1, 0],
    ["2026-03-01T23:00", 1, 1],
    ["2026-03-02T00:00", 0, 0],
  ]);
  assert.deepEqual(await series("DAY", "Europe/Berlin"), [
    ["2026-02-28T23:00", 1, 0],
    ["2026-03-01T23:00", 1, 1],
  ]);
  await assert.rejects(
    readJobSeries(services, admin, lastHours(34), "MINUTE", "Nowhere"),
    ({ issues }: InvalidInputError) => {
      assert.deepEqual(issues.map(({ path }) => path[0]), ["timezone", "bucket"]);
      return true;
    },
  );
});

onEveryQueue(
  "pruneJobStats() keeps minutes for two days, and hours for 90 days",
  async (queue) => {
    const { db, services } = queue;
    for (const ms of [1, 1_000, 60_000]) await runFor(queue, ms);
    await compactJobStats(services);
    await db.run(PLACE, new Date(Math.floor(Date.now() / HOUR - 1) * HOUR));
    const rows = async () => (await db.run(ROWS)).map(({ at, n }) => `${at}: ${n}`).sort();
    await pruneJobStats(services);
    assert.deepEqual(await rows(), ["00: 1", "10: 1", "20: 1"]);
    await db.run(AGE, "50 hours");
    await pruneJobStats(services);
    assert.deepEqual(await rows(), ["00: 3"]);
    await db.run(AGE, "87 days");
    await pruneJobStats(services);
    assert.deepEqual(await rows(), ["00: 3"]);
    await db.run(AGE, "2 days");
    await pruneJobStats(services);
    assert.deepEqual(await rows(), []);
  },
);
