import assert from "node:assert/strict";
import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startHoldWatch } from "../../src/app/hold_watch.ts";
import { type Database, type Statement, statement } from "../../src/db/database.ts";
import { isHeld } from "../../src/domain/hold.ts";
import { putOnHold, readHold, releaseHold } from "../../src/domain/installation/hold.ts";
import { createBus } from "../../src/events/bus.ts";
import { createOrganization } from "../support/callers.ts";
import { onEveryDatabase } from "../support/database.ts";
import { logOf } from "../support/log.ts";
import { until } from "../support/until.ts";

const GO_BACK = statement<[steps: number]>(
  "test.goBack",
  "update installation set witness = witness - $1",
);
const MOVE = statement<[]>("test.moveDatabase", "update installation set database_oid = 1");
const WITNESS = statement<[], { witness: number }>(
  "test.witness",
  "select witness from installation",
);

/** Runs `test` with a function that starts watches with the same directories. */
async function withWatches(
  db: Database,
  test: (process: {
    readonly directory: string;
    start(flags?: StartFlags): Promise<AsyncDisposable & StartedWatch>;
  }) => Promise<void>,
): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), "waybill-test-"));
  try {
    await test({
      directory,
      async start({ held = false, dataDir = join(directory, "data"), through = db } = {}) {
        const bus = createBus();
        const witness = { number: 0 };
        const services = { db: through, bus, witness };
        const witnessDir = join(directory, "elsewhere");
        const watch = await startHoldWatch({ services, witness }, { dataDir, witnessDir }, held);
        return {
          ...watch,
          witness,
          services,
          async [Symbol.asyncDispose]() {
            await watch.stop();
            await bus.close();
          },
        };
      },
    });
  } finally {
    await rm(directory, { recursive: true });
  }
}

interface StartFlags {
  readonly held?: boolean;
  readonly dataDir?: string;
  /** The same database. */
  readonly through?: Database;
}

/** Returns the database with `then` run once, after the first time its state was read. */
function afterStateOf(db: Database, then: () => Promise<void>): Database {
  let isFirst = true;
  return {
    ...db,
    async run<Params extends readonly unknown[], Row>(
      statement: Statement<Params, Row>,
      ...params: Params
    ) {
      const rows = await db.run(statement, ...params);
      if (statement.label === "installation.state" && isFirst) {
        isFirst = false;
        await then();
      }
      return rows;
    },
  };
}

type StartedWatch = Awaited<ReturnType<typeof startHoldWatch>> & {
  readonly witness: { readonly number: number };
  readonly services: { readonly db: Database; readonly bus: ReturnType<typeof createBus> };
};

onEveryDatabase("a new installation is not held, and not at its next start", async ({ db }) => {
  await withWatches(db, async ({ start }) => {
    for (const _start of [1, 2, 3]) {
      await using watch = await start();
      assert.equal(watch.sending(), true);
    }
    assert.equal(await isHeld(db), false);
  });
});

onEveryDatabase(
  "a process that starts while another one advances the witness is not held",
  async ({ db }) => {
    await withWatches(db, async ({ start }) => {
      await (await start())[Symbol.asyncDispose]();
      const through = afterStateOf(db, async () => {
        await (await start())[Symbol.asyncDispose]();
      });
      await using watch = await start({ through });
      assert.equal((await readHold(db))?.reason, undefined);
      assert.equal(watch.sending(), true);
    });
  },
);

onEveryDatabase("the watch advances the witness and both of its copies", async ({ db }) => {
  await withWatches(db, async ({ directory, start }) => {
    await using watch = await start();
    const first = watch.witness.number;
    await until("the witness is advanced again", () => watch.witness.number > first);
    for (const part of ["data/witness", "elsewhere"]) {
      const files = await readdir(join(directory, part));
      assert.equal(files.filter((name) => name.endsWith(".json")).length, 1, part);
    }
  });
});

onEveryDatabase(
  "a database that is older than a copy of the witness starts on hold, in any directory",
  async ({ db }) => {
    await withWatches(db, async ({ directory, start }) => {
      await (await start())[Symbol.asyncDispose]();
      await db.run(GO_BACK, 1);
      // As if DATA_DIR had been restored together with the database, or were new.
      await using watch = await start({ dataDir: join(directory, "new") });
      assert.equal(watch.sending(), "held");
      assert.match((await readHold(db))?.reason ?? "", /^The database is older than before/);
      const [held] = await db.run(WITNESS);
      const organization = await createOrganization(db);
      await releaseHold(watch.services, organization.operator);
      await until("the watch has noticed the release", () => watch.sending() === true);
      const [released] = await db.run(WITNESS);
      assert.ok(released && held && released.witness > held.witness);
      // Its own old copy has a higher number than the database.
      await using other = await start();
      assert.equal(other.sending(), true);
    });
  },
);

onEveryDatabase("a copied database starts on hold", async ({ db }) => {
  await withWatches(db, async ({ start }) => {
    await (await start())[Symbol.asyncDispose]();
    await db.run(MOVE);
    await using watch = await start();
    assert.equal(watch.sending(), "held");
    assert.match((await readHold(db))?.reason ?? "", /its oid is \d+, and was 1\./);
  });
});

onEveryDatabase(
  "a database that goes back under a running process is put on hold",
  async ({ db }) => {
    await withWatches(db, async ({ start }) => {
      await using watch = await start();
      await until("the witness is advanced", () => watch.witness.number > 3);
      await db.run(GO_BACK, 3);
      await until("the installation is on hold", () => watch.sending() === "held");
      assert.match((await readHold(db))?.reason ?? "", /^The database is older than before/);
    });
  },
);

onEveryDatabase("--held puts an installation on hold", async ({ db }) => {
  await withWatches(db, async ({ start }) => {
    await using watch = await start({ held: true });
    assert.equal(watch.sending(), "held");
    assert.equal((await readHold(db))?.reason, "Requested by the option --held");
  });
});

onEveryDatabase("--held keeps the reason of a restore", async ({ db }) => {
  await withWatches(db, async ({ start }) => {
    await (await start())[Symbol.asyncDispose]();
    await db.run(MOVE);
    await using _watch = await start({ held: true });
    assert.match((await readHold(db))?.reason ?? "", /its oid is/);
  });
});

onEveryDatabase("another process notices a hold, and the log has its reason", async ({ db }) => {
  await withWatches(db, async ({ start }) => {
    const lines = await logOf(async () => {
      await using watch = await start();
      await putOnHold({ db, bus: createBus() }, "Restored from Monday.");
      await until("the watch has noticed the hold", () => watch.sending() === "held");
    }, "warning");
    assert.deepEqual(lines.map((line) => line.replace(/\S+Z/, "…")), [
      "On hold since …: nothing is sent until the mutation releaseHold. Restored from Monday.",
    ]);
  });
});

onEveryDatabase("a witness that cannot be read or written is logged once", async ({ db }) => {
  await withWatches(db, async ({ directory, start }) => {
    await writeFile(join(directory, "file"), "in the way");
    const lines = await logOf(async () => {
      await using watch = await start({ dataDir: join(directory, "file") });
      await until("the witness is advanced three times", () => watch.witness.number > 3);
      assert.equal(watch.sending(), true);
    }, "warning");
    assert.equal(lines.length, 1);
    assert.match(lines[0] ?? "", /^Cannot (read|write) the witness .*file\/witness/);
  });
});
