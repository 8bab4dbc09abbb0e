import assert from "node:assert/strict";
import type pg from "pg";
import { type Bus, type Change, createBus, MAX_IDS_PER_CHANGE } from "../../src/events/bus.ts";
import { postgresTransport } from "../../src/events/postgres.ts";
import { type Database, openDatabase } from "../../src/db/database.ts";
import { stopTime } from "../support/clock.ts";
import { onPostgres } from "../support/database.ts";
import { openFreezer } from "../support/freezer.ts";

// These tests close connections on purpose, so that the pool may report errors.
const CUTS = { onError: () => {} };

interface Process {
  readonly bus: Bus;
  /** Terminates the present connection of the bus, at the server. */
  cut(): Promise<void>;
}

/** Starts a bus with a transport, as each process does; `connect` opens its connections. */
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
function nextChange(bus: Bus, expected: (change: Change) => boolean): Promise<Change> {
  const { promise, resolve } = Promise.withResolvers<Change>();
  const end = bus.subscribe("jobs", (change) => {
    if (!expected(change)) return;
    end();
    resolve(change);
  });
  return promise;
}

const isGap = ({ organizationId }: Change) => organizationId === "*";
const contains = (id: string) => ({ ids }: Change) => ids?.includes(id) ?? false;

onPostgres("postgresTransport() delivers a change to the other process only", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  assert.equal(here.bus.healthy(), false);
  await Promise.all([nextChange(here.bus, isGap), nextChange(there.bus, isGap)]);
  assert.ok(here.bus.healthy() && there.bus.healthy());

  const received: Change[] = [];
  here.bus.subscribe("jobs", (change) => received.push(change));
  const first = nextChange(there.bus, contains("a"));
  here.bus.publish("jobs", "acme", ["a"]);
  assert.deepEqual(await first, { topic: "jobs", organizationId: "acme", ids: ["a"] });
  // An echo of the first change would arrive before this change does.
  const answer = nextChange(here.bus, contains("b"));
  there.bus.publish("jobs", "acme", ["b"]);
  await answer;
  assert.deepEqual(received.map(({ ids }) => ids), [["a"], ["b"]]);
  await Promise.all([here.bus.close(), there.bus.close()]);
});

onPostgres("postgresTransport() splits changes that exceed one notification", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  await Promise.all([nextChange(here.bus, isGap), nextChange(there.bus, isGap)]);
  const organizations = Array.from({ length: 50 }, (_, n) => `organization ${n}`);
  const arrived = organizations.map((name) =>
    nextChange(there.bus, ({ organizationId }) => organizationId === name)
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

onPostgres("postgresTransport() reconnects a lost connection and reports a gap", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  await Promise.all([nextChange(here.bus, isGap), nextChange(there.bus, isGap)]);
  const gap = nextChange(there.bus, isGap);
  await there.cut();
  await gap;
  assert.ok(there.bus.healthy());
  const later = nextChange(there.bus, contains("later"));
  here.bus.publish("jobs", "acme", ["later"]);
  await later;
  await Promise.all([here.bus.close(), there.bus.close()]);
}, CUTS);

onPostgres(
  "postgresTransport() sends a gap for changes during a lost connection",
  async ({ db }) => {
    const there = startProcess(db);
    await nextChange(there.bus, isGap);
    const connectionLost = Promise.withResolvers<void>();
    const mayReturn = Promise.withResolvers<void>();
    let connections = 0;
    const here = startProcess(db, async () => {
      if (connections++ > 0) {
        connectionLost.resolve();
        await mayReturn.promise;
      }
      return db.dedicated();
    });
    await nextChange(here.bus, isGap);

    await here.cut();
    await connectionLost.promise;
    assert.equal(here.bus.healthy(), false);
    using clock = stopTime();
    here.bus.publish("jobs", "acme", ["lost"]);
    clock.tick(10);
    const gap = nextChange(there.bus, () => true);
    mayReturn.resolve();
    assert.deepEqual(await gap, { topic: "jobs", organizationId: "*", ids: null });
    await Promise.all([here.bus.close(), there.bus.close()]);
  },
  CUTS,
);

onPostgres(
  "postgresTransport() replaces a connection that receives no echo within 5 s",
  async ({ url }) => {
    await using freezer = openFreezer(new URL(url));
    const frozen = openDatabase({
      connection: { connectionString: freezer.url },
      size: 1,
      embedded: false,
      onError: () => {},
    });
    using clock = stopTime();
    const connectionLost = Promise.withResolvers<unknown>();
    const bus = createBus(postgresTransport(() => frozen.dedicated(), connectionLost.resolve));
    await nextChange(bus, isGap);

    freezer.freeze();
    clock.tick(10_000);
    assert.equal(bus.healthy(), true);
    clock.tick(5_000);
    assert.match(String(await connectionLost.promise), /received no echo within 5000 ms/);
    assert.equal(bus.healthy(), false);

    const gap = nextChange(bus, isGap);
    clock.tick(1_000);
    await gap;
    assert.equal(bus.healthy(), true);
    await bus.close();
    await frozen.close();
  },
);

onPostgres("postgresTransport() replaces a connection that answers no LISTEN", async ({ url }) => {
  await using freezer = openFreezer(new URL(url));
  const connection = { connectionString: freezer.url };
  const frozen = openDatabase({ connection, size: 1, embedded: false, onError: () => {} });
  using clock = stopTime();
  const connected = Promise.withResolvers<void>();
  const connectionLost = Promise.withResolvers<unknown>();
  let connections = 0;
  const bus = createBus(postgresTransport(async () => {
    const client = await frozen.dedicated();
    if (connections++ === 0) freezer.freeze();
    setImmediate(connected.resolve);
    return client;
  }, connectionLost.resolve));
  const gap = nextChange(bus, isGap);

  await connected.promise;
  clock.tick(5_000);
  assert.match(String(await connectionLost.promise), /did not answer within 5000 ms/);
  clock.tick(1_000);
  await gap;
  assert.equal(bus.healthy(), true);
  await bus.close();
  await frozen.close();
});

onPostgres("postgresTransport() keeps a connection that echoes", async ({ db }) => {
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
  await nextChange(bus, isGap);
  clock.tick(10_000);
  await echoes.promise;
  clock.tick(5_000);
  await opened[0]?.query("select 'time to notice a loss'");
  assert.ok(bus.healthy());
  assert.deepEqual([opened.length, failures], [1, []]);
  await bus.close();
});

onPostgres("postgresTransport() reports a gap for a malformed notification", async ({ db }) => {
  const failures: unknown[] = [];
  const bus = createBus(postgresTransport(() => db.dedicated(), (error) => failures.push(error)));
  await nextChange(bus, isGap);
  const gap = nextChange(bus, isGap);
  const stranger = await db.dedicated();
  await stranger.query("notify waybill, 'garbage'");
  await stranger.end();
  await gap;
  assert.match(String(failures), /Cannot read event garbage/);
  await bus.close();
});

onPostgres("close() sends pending changes", async ({ db }) => {
  const [here, there] = [startProcess(db), startProcess(db)];
  await Promise.all([nextChange(here.bus, isGap), nextChange(there.bus, isGap)]);
  using _ = stopTime();
  const last = nextChange(there.bus, contains("last"));
  here.bus.publish("jobs", "acme", ["first"]);
  here.bus.publish("jobs", "acme", ["last"]);
  await here.bus.close();
  await last;
  await there.bus.close();
});
