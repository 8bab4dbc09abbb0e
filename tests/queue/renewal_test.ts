import assert from "node:assert/strict";
import { openDatabase, statement } from "../../src/db/database.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { openFreezer } from "../support/freezer.ts";
import { onPostgresQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { startTestWorker } from "../support/worker.ts";

// Less than a lease of 15 s, and than the deadline of other statements after the last renewal.
const RENEWED_MS = 12_000;

// More than the worker uses at once, so that its next renewal gets one that has died.
const CONNECTIONS = 10;

const HEARTBEAT = statement<[], { at: Date }>(
  "test.heartbeat",
  "select heartbeat_at as at from workers",
);
const SLEEP = statement<[]>("test.sleep", "select pg_sleep(0.5)");

onPostgresQueue(
  "a worker renews its lease in time after its connections died without a sign",
  async ({ db, services, url }) => {
    await using network = openFreezer(new URL(url));
    const connection = { connectionString: network.url };
    const distant = openDatabase({
      connection,
      size: CONNECTIONS,
      embedded: false,
      onError: () => {},
    });
    await Promise.all(Array.from({ length: CONNECTIONS }, () => distant.run(SLEEP)));
    const heartbeat = async () => (await db.run(HEARTBEAT))[0]?.at.getTime();
    {
      const idle = () => Promise.resolve(done);
      await using _worker = await startTestWorker({ ...services, db: distant }, idle);
      const registered = await heartbeat();
      await until("the lease is renewed", async () => await heartbeat() !== registered);
      network.freeze();
      const last = await heartbeat();
      assert.ok(last);
      await until("the lease is renewed", async () => await heartbeat() !== last, RENEWED_MS);
    }
    await distant.close();
  },
);
