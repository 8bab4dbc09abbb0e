import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { healthOf } from "../../src/app/services.ts";
import { type Connection, openDatabase, statement } from "../../src/db/database.ts";
import { openEmbeddedDatabase } from "../../src/db/embedded.ts";
import { startEmbeddedWorker } from "../../src/db/embedded_worker.ts";
import { EMBEDDED_SETTINGS } from "../../src/db/settings.ts";
import type { Services } from "../../src/domain/services.ts";
import { createBus } from "../../src/events/bus.ts";
import { createReadiness } from "../../src/server/ops/health.ts";
import { createOrganization } from "../support/callers.ts";
import { stopTime } from "../support/clock.ts";
import { embeddedDirectory, onEmbedded } from "../support/database.ts";
import { abortEmbedded } from "../support/embedded.ts";
import { logOf } from "../support/log.ts";
import { until } from "../support/until.ts";

const COUNT = statement<[name: string], { count: number }>(
  "test.count",
  "select count(*) from organizations where name = $1",
);
const ENDLESS = statement<[], { count: number }>(
  "test.endless",
  "with recursive r as (select 1 union all select 1 from r) select count(*) from r",
);
const FAILING = statement<[]>("test.failing", "select 1 / 0");

async function count(db: Connection, name: string): Promise<number | undefined> {
  const [row] = await db.run(COUNT, name);
  return row?.count;
}

async function isReady(services: Pick<Services, "db" | "bus">): Promise<boolean> {
  const { database } = healthOf(services);
  const { status } = await createReadiness({ database: () => database?.() ?? false })();
  return status === 200;
}

onEmbedded(
  "The embedded database restarts after an abort, with all that was committed",
  async ({ db }) => {
    const services = { db, bus: createBus() };
    const log = await logOf(async () => {
      await createOrganization(db, "committed");
      await assert.rejects(
        db.transaction(async (tx) => {
          await createOrganization(tx, "not committed");
          await abortEmbedded(tx);
        }),
        { name: "DatabaseConnectionError" },
      );
      assert.equal(await isReady(services), false);
      await until("the database is ready again", () => isReady(services));
    }, "error");
    assert.match(log.join("\n"), /^The embedded database failed: Maximum call stack size exceeded/);
    assert.equal(await count(db, "committed"), 1);
    assert.equal(await count(db, "not committed"), 0);
    await services.bus.close();
  },
  { onError: () => {} },
);

onEmbedded("An error of a statement does not restart the embedded database", async ({ db }) => {
  const log = await logOf(async () => {
    await assert.rejects(db.run(FAILING), { code: "22012" });
    assert.equal(await count(db, "none"), 0);
  });
  assert.deepEqual(log, []);
});

Deno.test("The embedded database restarts when a statement does not end", async () => {
  const directory = await embeddedDirectory();
  const settings = {
    directory: join(directory, "postgres"),
    lock: join(directory, "thread.lock"),
    socket: join(directory, ".s.PGSQL.5432"),
    settings: EMBEDDED_SETTINGS,
  };
  const db = openDatabase({
    connection: { host: directory, port: 5432, user: "postgres", database: "postgres" },
    size: 1,
    embedded: true,
    onError: () => {},
  });
  const log = await logOf(async () => {
    const worker = await startEmbeddedWorker(settings, () => 3_000);
    await createOrganization(db, "committed");
    await assert.rejects(db.run(ENDLESS), { name: "DatabaseConnectionError" });
    await until("the database answers", () => count(db, "committed").catch(() => null));
    await db.close();
    await worker.close();
  }, "error");
  assert.deepEqual(log, [
    "The embedded database failed: a statement did not end within 3 s; restarting it now",
  ]);
  await rm(directory, { recursive: true });
});

Deno.test("A statement that does not end while a vacuum waits for it is ended after a minute", async () => {
  const directory = await embeddedDirectory();
  using clock = stopTime();
  const db = await openEmbeddedDatabase(directory, () => {});
  // The limit is longer until the first connection. The unanswered pings of this time are then answered.
  clock.tick(599_000);
  await createOrganization(db, "committed");
  const log = await logOf(async () => {
    const ended = assert.rejects(db.run(ENDLESS), { name: "DatabaseConnectionError" });
    clock.tick(62_000);
    // The limit of the vacuum.
    clock.tick(3_600_000);
    await ended;
  }, "error");
  assert.deepEqual(log, [
    "The embedded database failed: a statement did not end within 60 s; restarting it now",
  ]);
  await db.close();
  await rm(directory, { recursive: true });
});
