import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../../../src/domain/access/access.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { fireDue } from "../../../src/domain/schedules/fire.ts";
import { pruneFires } from "../../../src/domain/schedules/prune.ts";
import { pollSchedules } from "../../../src/domain/schedules/poll.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { onEveryDatabase } from "../../support/database.ts";

const SET_NEXT = statement<[name: string, nextAt: string]>(
  "test.setNext",
  "update schedules set next_at = $2::timestamptz where name = $1",
);
// No schedule ticks automatically during a test.
const SLOW_DOWN = statement<[]>(
  "test.slowDown",
  "update schedules set cron = '0 0 1 1 *', interval_ms = null",
);
const PAUSE = statement<[name: string]>(
  "test.pause",
  "update schedules set enabled = false where name = $1",
);
const BREAK = statement<[name: string]>(
  "test.break",
  "update schedules set timezone = 'Mars/Olympus' where name = $1",
);
const EDIT = statement<[name: string]>(
  "test.edit",
  "update schedules set cron = '7 * * * *', enabled = false where name = $1",
);
const FINISH_JOBS = statement<[]>(
  "test.finishJobs",
  "update jobs set status = 'COMPLETED', finished_at = now() where finished_at is null",
);
const SCHEDULES = statement<
  [],
  {
    name: string;
    cron: string | null;
    intervalMs: number | null;
    enabled: boolean;
    organizationId: string;
    ahead: boolean;
  }
>(
  "test.schedules",
  `select name, cron, interval_ms as "intervalMs", enabled, organization_id as "organizationId", next_at > now() - interval '1 minute' as ahead
   from schedules order by name`,
);
const FIRES = statement<[name: string], { nominalAt: string; jobId: string | null }>(
  "test.fires",
  `select to_char(nominal_at, 'YYYY-MM-DD HH24:MI') as "nominalAt", job_id as "jobId"
   from schedule_fires join schedules on id = schedule_id where name = $1 order by nominal_at`,
);
const IDS = statement<[name: string], { id: string }>(
  "test.scheduleIds",
  "select id from schedules where name = $1",
);
const JOBS = statement<
  [],
  { id: string; kind: string; organizationId: string; lane: string; uniqueKey: string }
>(
  "test.jobs",
  `select id, kind, organization_id as "organizationId", lane, unique_key as "uniqueKey"
   from jobs order by created_at, id`,
);

/** Fires what is due; returns the names. */
async function fire(services: Services): Promise<string[]> {
  return (await fireDue(services)).fired.map(({ name }) => name);
}

async function servicesOf(db: Database): Promise<Services> {
  const services = { db, bus: createBus() };
  await ensureBuiltInSchedules(services);
  await db.run(SLOW_DOWN);
  return services;
}

onEveryDatabase(
  "ensureBuiltInSchedules() inserts each schedule once among replicas",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    await Promise.all(Array.from({ length: 5 }, () => ensureBuiltInSchedules(services)));
    const system = { organizationId: SYSTEM_ORGANIZATION_ID, enabled: true, ahead: true };
    assert.deepEqual(await db.run(SCHEDULES), [
      { name: "cleanup", cron: "0 2 * * *", intervalMs: null, ...system },
      { name: "process-quotes", cron: "*/5 * * * *", intervalMs: null, ...system },
      { name: "release-stale-locks", cron: "0 2 * * *", intervalMs: null, ...system },
      { name: "retry-failed", cron: "*/15 * * * *", intervalMs: null, ...system },
      { name: "retry-quote-emails", cron: "*/30 * * * *", intervalMs: null, ...system },
      { name: "send-due", cron: null, intervalMs: 60_000, ...system },
    ]);
  },
);

onEveryDatabase("ensureBuiltInSchedules() keeps the changes of an operator", async ({ db }) => {
  const services = await servicesOf(db);
  await db.run(EDIT, "cleanup");
  await ensureBuiltInSchedules(services);
  const [cleanup] = await db.run(SCHEDULES);
  assert.equal(cleanup?.cron, "7 * * * *");
  assert.equal(cleanup?.enabled, false);
});

onEveryDatabase("fireDue() fires each tick once among ten processes", async ({ db }) => {
  const services = await servicesOf(db);
  const nominal = Array.from({ length: 40 }, (_, i) => `2026-01-01 10:${10 + i}`);
  for (const tick of nominal) {
    await db.run(SET_NEXT, "send-due", `${tick}:00Z`);
    const reports = await Promise.all(Array.from({ length: 10 }, () => fireDue(services)));
    assert.deepEqual(reports.flatMap(({ failed }) => failed), []);
    assert.deepEqual(reports.flatMap(({ fired }) => fired.map(({ name }) => name)), ["send-due"]);
    await db.run(FINISH_JOBS);
  }
  const fires = await db.run(FIRES, "send-due");
  assert.deepEqual(fires.map(({ nominalAt }) => nominalAt), nominal);
  const jobs = await db.run(JOBS);
  assert.deepEqual(fires.map(({ jobId }) => jobId).sort(), jobs.map(({ id }) => id).sort());
  const [{ id = "" } = {}] = await db.run(IDS, "send-due");
  assert.deepEqual({ ...jobs[0], id: null }, {
    id: null,
    kind: "SEND_DUE",
    organizationId: SYSTEM_ORGANIZATION_ID,
    lane: "SYSTEM",
    uniqueKey: `schedule:${toTypeId("schedule", id)}`,
  });
});

onEveryDatabase("fireDue() fires missed ticks as one", async ({ db }) => {
  const services = await servicesOf(db);
  await db.run(SET_NEXT, "send-due", "2026-01-01 10:00:00Z");
  await db.run(SET_NEXT, "cleanup", "2026-01-01 02:00:00Z");
  assert.deepEqual(await fire(services), ["cleanup", "send-due"]);
  assert.deepEqual(await fire(services), []);
  assert.equal((await db.run(JOBS)).length, 2);
  assert((await db.run(SCHEDULES)).every(({ ahead }) => ahead));
});

onEveryDatabase("fireDue() starts no second job while the first is unfinished", async ({ db }) => {
  const services = await servicesOf(db);
  for (const tick of ["2026-01-01 10:00", "2026-01-01 10:01"]) {
    await db.run(SET_NEXT, "send-due", `${tick}:00Z`);
    assert.deepEqual(await fire(services), ["send-due"]);
  }
  const [job, ...more] = await db.run(JOBS);
  assert.deepEqual(more, []);
  assert.deepEqual(await db.run(FIRES, "send-due"), [
    { nominalAt: "2026-01-01 10:00", jobId: job?.id },
    { nominalAt: "2026-01-01 10:01", jobId: null },
  ]);
});

onEveryDatabase("fireDue() does not fire a tick again when next_at is set back", async ({ db }) => {
  const services = await servicesOf(db);
  for (const fired of [["send-due"], []]) {
    await db.run(SET_NEXT, "send-due", "2026-01-01 10:00:00Z");
    assert.deepEqual(await fire(services), fired);
    await db.run(FINISH_JOBS);
  }
  assert.equal((await db.run(JOBS)).length, 1);
  assert((await db.run(SCHEDULES)).every(({ ahead }) => ahead));
});

onEveryDatabase("fireDue() does not fire a disabled schedule", async ({ db }) => {
  const services = await servicesOf(db);
  await db.run(SET_NEXT, "send-due", "2026-01-01 10:00:00Z");
  await db.run(PAUSE, "send-due");
  assert.deepEqual(await fireDue(services), { fired: [], failed: [] });
  assert.deepEqual(await db.run(JOBS), []);
});

onEveryDatabase("fireDue() fires the others when one cannot be fired", async ({ db }) => {
  const services = await servicesOf(db);
  await db.run(SET_NEXT, "cleanup", "2026-01-01 02:00:00Z");
  await db.run(BREAK, "cleanup");
  await db.run(SET_NEXT, "send-due", "2026-01-01 10:00:00Z");
  const { fired, failed } = await fireDue(services);
  assert.deepEqual(fired.map(({ name }) => name), ["send-due"]);
  assert.deepEqual(failed.map(({ name }) => name), ["cleanup"]);
  assert.match(String(failed[0]?.error), /Mars\/Olympus/);
  assert.deepEqual(await db.run(FIRES, "cleanup"), []);
});

onEveryDatabase("pruneFires() deletes only fires whose retention is over", async ({ db }) => {
  const services = await servicesOf(db);
  const recent = new Date(Date.now() - 3_600_000).toISOString();
  for (const tick of ["2026-01-01 10:00:00Z", recent]) {
    await db.run(SET_NEXT, "send-due", tick);
    await fireDue(services);
    await db.run(FINISH_JOBS);
  }
  const keepMs = 24 * 3_600_000;
  assert.equal(await pruneFires(services, keepMs), 1);
  assert.equal((await db.run(FIRES, "send-due")).length, 1);
  // The job of the other fire has ended, but its outcome is not recorded.
  assert.equal(await pruneFires(services, 0), 0);
  await pollSchedules(services);
  assert.equal(await pruneFires(services, 0), 1);
});

onEveryDatabase("pruneFires() keeps a number of fires of each schedule", async ({ db }) => {
  const services = await servicesOf(db);
  for (const minute of [10, 11, 12]) {
    await db.run(SET_NEXT, "send-due", `2026-01-01 10:${minute}:00Z`);
    await fireDue(services);
    await db.run(FINISH_JOBS);
  }
  await pollSchedules(services);
  const keepMs = 100 * 365 * 24 * 3_600_000;
  assert.equal(await pruneFires(services, keepMs, 2), 1);
  assert.deepEqual((await db.run(FIRES, "send-due")).map(({ nominalAt }) => nominalAt), [
    "2026-01-01 10:11",
    "2026-01-01 10:12",
  ]);
});
