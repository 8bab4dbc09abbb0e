// Ten processes fire the same schedules, and all of them are killed in the middle of a tick.
import assert from "node:assert/strict";
import { type Database, statement } from "../../src/db/database.ts";
import { createSchedule } from "../../src/domain/schedules/create.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { startSchedulers } from "../support/schedulers.ts";
import { until } from "../support/until.ts";

const SCHEDULES = 30;
const PROCESSES = 10;

const TICK = statement<[at: string]>("test.tick", "update schedules set next_at = $1::timestamptz");
const SLOW_DOWN = statement<[]>(
  "test.slowFires",
  `create function slow_fire() returns trigger language plpgsql as
     'begin perform pg_sleep(0.05); return new; end';`,
);
const SLOW = statement<[]>(
  "test.slowTrigger",
  "create trigger slow before insert on schedule_fires for each row execute function slow_fire()",
);
const FAST = statement<[]>("test.fastTrigger", "drop trigger slow on schedule_fires");
const FIRING = statement<[], { n: number }>(
  "test.firing",
  `select count(*) as n from pg_stat_activity
   where datname = current_database() and state = 'active' and query like '/* schedules.fire */%'`,
);
const END_JOBS = statement<[]>(
  "test.endJobs",
  "update jobs set status = 'COMPLETED', finished_at = now()",
);
const DUE = statement<[], { n: number }>(
  "test.countDue",
  "select count(*) as n from schedules where next_at <= now()",
);
const FIRES = statement<[], { at: string; schedules: number; fires: number; jobs: number }>(
  "test.firesByTick",
  `select to_char(f.nominal_at at time zone 'UTC', 'HH24:MI') as at,
     count(distinct f.schedule_id) as schedules, count(*) as fires, count(distinct j.id) as jobs
   from schedule_fires f left join jobs j on j.id = f.job_id group by 1 order by 1`,
);
const JOBS = statement<[], { n: number }>("test.countJobs", "select count(*) as n from jobs");

async function countOf(db: Database, query: typeof DUE): Promise<number> {
  const [row] = await db.run(query);
  return row?.n ?? 0;
}

async function tick(db: Database, at: string): Promise<void> {
  await db.run(END_JOBS);
  await db.run(TICK, at);
}

const untilFired = (db: Database) =>
  until("all schedules are fired", async () => await countOf(db, DUE) === 0);

onPostgres(
  "ten processes and a restart in the middle of a tick fire each tick once",
  async ({ db, url }) => {
    const { admin } = await createOrganization(db);
    for (let n = 0; n < SCHEDULES; n++) {
      await createSchedule({ db, bus: createBus() }, admin, {
        name: `schedule ${n}`,
        kind: "CLEANUP",
        payload: {},
        // Far away, so that only the test makes them due.
        cron: "0 0 1 1 *",
        timezone: "UTC",
        enabled: true,
      });
    }
    await using first = await startSchedulers(url, PROCESSES);
    for (const at of ["10:01", "10:02"]) {
      await tick(db, `2026-01-05 ${at}Z`);
      await untilFired(db);
    }
    await db.run(SLOW_DOWN);
    await db.run(SLOW);
    await tick(db, "2026-01-05 10:03Z");
    await until("a process fires", async () => await countOf(db, FIRING) > 0);
    await first.kill();
    assert.equal(await countOf(db, DUE), SCHEDULES);
    await db.run(FAST);
    await using _second = await startSchedulers(url, PROCESSES);
    await untilFired(db);
    await tick(db, "2026-01-05 10:04Z");
    await untilFired(db);

    const once = { schedules: SCHEDULES, fires: SCHEDULES, jobs: SCHEDULES };
    assert.deepEqual(
      await db.run(FIRES),
      ["10:01", "10:02", "10:03", "10:04"].map((at) => ({ at, ...once })),
    );
    assert.equal(await countOf(db, JOBS), 4 * SCHEDULES);
  },
);
