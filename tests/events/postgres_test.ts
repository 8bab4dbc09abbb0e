import assert from "node:assert/strict";
import type pg from "pg";
import { type Bus, type Change, createBus, MAX_IDS_PER_CHANGE } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { stopTime } from "../support/clock.ts";
import { onPostgres } from "../support/database.ts";
import { openFreezer } from "../support/freezer.ts";

// The tests below cut connections on purpose.
const CUTS = { onError: () => {} };

interface Process {
  readonly bus: Bus;
  /** Cuts the bus' present connection off, at the server. */
  cut(): Promise<void>;
}

/** A bus as one process has it; `connect` stands before each connection that it opens. */
function startProcess(db: Database, connect = () => db.dedicated()): Process {
  let client: pg.Client;
  const bus = createBus(postgresTransport(async () => client = await connect(), () => {}));
  return {
    bus,
    async cut() {
      const { rows } = await client.query<{ pid: number }>("select pg_backend_pid() as pid");
      const killer = await db.dedicated();
      await killer.query("select pg_terminate_backend($1)", [rows[0]?.pid]);
      await killer.end();
    },
  };
}

/** The next change of jobs that `expected` accepts. */
function told(bus: Bus, expected: (change: Change) => boolean): Promise<Change> {
  const { promise, resolve } = Promise.withResolvers<Change>();
  const end = bus.subscribe("jobs", (change) => {
    if (!expected(change)) return;
    end();
    resolve(change);
  });
  return promise;
}

const isGap = ({ organizationId }: Change) => organizationId === "*";
const names = (id: string) => ({ ids }: Change) => ids?.includes(id) ?? false;

onPostgres("a change reaches the other process, and nothing comes back", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  assert.equal(here.bus.healthy(), false);
  await Promise.all([told(here.bus, isGap), told(there.bus, isGap)]);
  assert.ok(here.bus.healthy() && there.bus.healthy());

  const heardHere: Change[] = [];
  here.bus.subscribe("jobs", (change) => heardHere.push(change));
  const first = told(there.bus, names("a"));
  here.bus.publish("jobs", "acme", ["a"]);
  assert.deepEqual(await first, { topic: "jobs", organizationId: "acme", ids: ["a"] });
  // What goes the other way arrives after an echo would have.
  const answer = told(here.bus, names("b"));
  there.bus.publish("jobs", "acme", ["b"]);
  await answer;
  assert.deepEqual(heardHere.map(({ ids }) => ids), [["a"], ["b"]]);
  await Promise.all([here.bus.close(), there.bus.close()]);
});

onPostgres("more changes than one notification can carry all arrive", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  await Promise.all([told(here.bus, isGap), told(there.bus, isGap)]);
  const organizations = Array.from({ length: 50 }, (_, n) => `organization ${n}`);
  const arrived = organizations.map((name) =>
    told(there.bus, ({ organizationId }) => organizationId === name)
  );
  for (const name of organizations) {
    here.bus.publish(
      "jobs",
      name,
      Array.from({ length: MAX_IDS_PER_CHANGE }, () => crypto.randomUUID()),
    );
  }
  for (const { ids } of await Promise.all(arrived)) assert.equal(ids?.length, MAX_IDS_PER_CHANGE);
  await Promise.all([here.bus.close(), there.bus.close()]);
});

onPostgres("a listener that was cut off comes back, and is told of the gap", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  await Promise.all([told(here.bus, isGap), told(there.bus, isGap)]);
  const gap = told(there.bus, isGap);
  await there.cut();
  await gap;
  assert.ok(there.bus.healthy());
  const later = told(there.bus, names("later"));
  here.bus.publish("jobs", "acme", ["later"]);
  await later;
  await Promise.all([here.bus.close(), there.bus.close()]);
}, CUTS);

onPostgres(
  "what changes while the sender is cut off becomes a gap of the others",
  async ({ db }) => {
    const there = startProcess(db);
    await told(there.bus, isGap);
    const lost = Promise.withResolvers<void>();
    const mayReturn = Promise.withResolvers<void>();
    let connections = 0;
    const here = startProcess(db, async () => {
      if (connections++ > 0) {
        lost.resolve();
        await mayReturn.promise;
      }
      return db.dedicated();
    });
    await told(here.bus, isGap);

    await here.cut();
    await lost.promise;
    assert.equal(here.bus.healthy(), false);
    using clock = stopTime();
    here.bus.publish("jobs", "acme", ["unheard"]);
    clock.tick(10);
    const gap = told(there.bus, () => true);
    mayReturn.resolve();
    assert.deepEqual(await gap, { topic: "jobs", organizationId: "*", ids: null });
    await Promise.all([here.bus.close(), there.bus.close()]);
  },
  CUTS,
);

onPostgres(
  "a connection that is dead without a word is noticed and replaced",
  async ({ url }) => {
    await using freezer = openFreezer(new URL(url));
    const frozen = openDatabase({
      connection: { connectionString: freezer.url },
      size: 1,
      embedded: false,
      onError: () => {},
    });
    using clock = stopTime();
    const lost = Promise.withResolvers<unknown>();
    const bus = createBus(postgresTransport(() => frozen.dedicated(), lost.resolve));
    await told(bus, isGap);

    freezer.freeze();
    clock.tick(10_000);
    assert.equal(bus.healthy(), true);
    clock.tick(5_000);
    assert.match(String(await lost.promise), /silent for 5000 ms/);
    assert.equal(bus.healthy(), false);

    const gap = told(bus, isGap);
    clock.tick(1_000);
    await gap;
    assert.equal(bus.healthy(), true);
    await bus.close();
    await frozen.close();
  },
);

onPostgres("a connection that echoes is kept", async ({ db }) => {
  using clock = stopTime();
  const failures: unknown[] = [];
  const opened: pg.Client[] = [];
  const echoes = Promise.withResolvers<void>();
  const bus = createBus(postgresTransport(async () => {
    const client = await db.dedicated();
    opened.push(client);
    client.on("notification", () => setImmediate(echoes.resolve));
    return client;
  }, (error) => failures.push(error)));
  await told(bus, isGap);
  clock.tick(10_000);
  await echoes.promise;
  clock.tick(5_000);
  await opened[0]?.query("select 'time to notice a loss'");
  assert.ok(bus.healthy());
  assert.deepEqual([opened.length, failures], [1, []]);
  await bus.close();
});

onPostgres("a notification that is no event counts as a gap", async ({ db }) => {
  const failures: unknown[] = [];
  const bus = createBus(postgresTransport(() => db.dedicated(), (error) => failures.push(error)));
  await told(bus, isGap);
  const gap = told(bus, isGap);
  const stranger = await db.dedicated();
  await stranger.query("notify waybill, 'garbage'");
  await stranger.end();
  await gap;
  assert.match(String(failures), /Cannot read the event garbage/);
  await bus.close();
});

onPostgres("close() sends what still waits", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  await Promise.all([told(here.bus, isGap), told(there.bus, isGap)]);
  using _ = stopTime();
  const last = told(there.bus, names("last"));
  here.bus.publish("jobs", "acme", ["first"]);
  here.bus.publish("jobs", "acme", ["last"]);
  await here.bus.close();
  await last;
  await there.bus.close();
});
