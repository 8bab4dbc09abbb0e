// The clock of the database is replaced by one that the tests set, so that ticks follow it as in production.
import assert from "node:assert/strict";
import { type Database, openDatabase, statement } from "../../../src/db/database.ts";
import { createSchedule } from "../../../src/domain/schedules/create.ts";
import { fireDue } from "../../../src/domain/schedules/fire.ts";
import type { Services } from "../../../src/domain/services.ts";
import { createBus } from "../../../src/events/bus.ts";
import { createOrganization, type TestOrganization } from "../../support/callers.ts";
import { onPostgres } from "../../support/database.ts";

const CLOCK = statement<[]>(
  "test.clock",
  `do $$ begin
     create schema fake;
     create table fake.clock (at timestamptz not null);
     insert into fake.clock values (pg_catalog.now());
     create function fake.now() returns timestamptz language sql stable as 'select at from fake.clock';
     execute format('alter database %I set search_path = fake, pg_catalog, public', current_database());
   end $$`,
);
const SET = statement<[at: string]>("test.setClock", "update fake.clock set at = $1::timestamptz");
const FINISH_JOBS = statement<[]>(
  "test.finishJobs",
  "update jobs set status = 'COMPLETED', finished_at = pg_catalog.now() where finished_at is null",
);
const FIRES = statement<[name: string], { at: string }>(
  "test.nominalTimes",
  `select to_char(nominal_at at time zone 'UTC', 'MM-DD HH24:MI') as at
   from schedule_fires f join schedules s on s.id = f.schedule_id where name = $1 order by nominal_at`,
);

interface Clock {
  readonly services: Services;
  readonly organization: TestOrganization;
  /** Sets the clock, and polls once. */
  at(time: string): Promise<void>;
  /** Advances the clock in steps from one time to another, and polls at each. */
  run(from: string, to: string, stepMinutes: number): Promise<void>;
  create(name: string, cron: string, timezone: string): Promise<void>;
  fires(name: string): Promise<string[]>;
}

function withClock(name: string, test: (clock: Clock) => Promise<void>): void {
  onPostgres(name, async ({ db: first, url }) => {
    await first.run(CLOCK);
    // Connections that were opened before have the clock of PostgreSQL.
    const db = openDatabase({
      connection: { connectionString: url },
      size: 3,
      embedded: false,
      onError: () => {},
    });
    try {
      await test(await clockOf(db));
    } finally {
      await db.close();
    }
  });
}

async function clockOf(db: Database): Promise<Clock> {
  const services = { db, bus: createBus() };
  const organization = await createOrganization(db);
  const at = async (time: string) => {
    await db.run(SET, time);
    assert.deepEqual((await fireDue(services)).failed, []);
    await db.run(FINISH_JOBS);
  };
  return {
    services,
    organization,
    at,
    async run(from, to, stepMinutes) {
      for (let time = Date.parse(from); time <= Date.parse(to); time += stepMinutes * 60_000) {
        await at(new Date(time).toISOString());
      }
    },
    async create(name, cron, timezone) {
      const fields = { kind: "CLEANUP", payload: {}, enabled: true } as const;
      await createSchedule(services, organization.admin, { ...fields, name, cron, timezone });
    },
    fires: async (name) => (await db.run(FIRES, name)).map(({ at }) => at),
  };
}

withClock("a night when clocks are put forward fires each schedule once", async (clock) => {
  await clock.at("2026-03-28T00:00:00Z");
  await clock.create("nightly", "30 2 * * *", "Europe/Berlin");
  await clock.create("quarterly", "*/15 * * * *", "Europe/Berlin");
  await clock.run("2026-03-28T00:00:00Z", "2026-03-30T02:00:00Z", 15);
  // 02:30 does not exist on 29 March, so the end of the gap replaces it.
  assert.deepEqual(await clock.fires("nightly"), ["03-28 01:30", "03-29 01:00", "03-30 00:30"]);
  const quarters = await clock.fires("quarterly");
  assert.equal(quarters.length, 50 * 4);
  assert.equal(new Set(quarters).size, quarters.length);
});

withClock("a night when clocks are put back fires each schedule once", async (clock) => {
  await clock.at("2026-10-24T00:00:00Z");
  await clock.create("nightly", "30 2 * * *", "Europe/Berlin");
  await clock.create("quarterly", "*/15 * * * *", "Europe/Berlin");
  await clock.run("2026-10-24T00:00:00Z", "2026-10-26T02:00:00Z", 15);
  // 02:30 comes twice on 25 October; an interval continues through the repeated hour.
  assert.deepEqual(await clock.fires("nightly"), ["10-24 00:30", "10-25 00:30", "10-26 01:30"]);
  const quarters = await clock.fires("quarterly");
  assert.equal(quarters.length, 50 * 4);
  assert.equal(new Set(quarters).size, quarters.length);
});

withClock("a clock that steps back repeats no tick and loses none", async (clock) => {
  await clock.at("2026-07-01T12:00:00Z");
  await clock.create("often", "*/10 * * * *", "UTC");
  await clock.run("2026-07-01T12:00:00Z", "2026-07-01T12:30:00Z", 10);
  await clock.run("2026-07-01T12:05:00Z", "2026-07-01T12:50:00Z", 5);
  assert.deepEqual(await clock.fires("often"), [
    "07-01 12:10",
    "07-01 12:20",
    "07-01 12:30",
    "07-01 12:40",
    "07-01 12:50",
  ]);
});

withClock("a clock that was years ahead stops no schedule after its correction", async (clock) => {
  await clock.at("2026-07-01T12:00:00Z");
  await clock.create("often", "*/10 * * * *", "UTC");
  await clock.at("2036-07-01T12:00:00Z");
  await clock.run("2026-07-01T12:05:00Z", "2026-07-01T12:20:00Z", 5);
  // The first tick was fired by the wrong clock.
  assert.deepEqual(await clock.fires("often"), ["07-01 12:10", "07-01 12:20"]);
});
