import assert from "node:assert/strict";
import { done } from "../../src/domain/jobs/outcome.ts";
import type { Services } from "../../src/domain/services.ts";
import { JobAborted } from "../../src/domain/jobs/abort.ts";
import { skipTime } from "../support/clock.ts";
import { addJob, expireLease, readJob } from "../support/jobs.ts";
import { onPostgresQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { startTestWorker, untilAborted } from "../support/worker.ts";

/** Services whose scans of the queue hang while `hanging`, with the labels of all answered statements. */
function hangingScans({ db, ...services }: Services) {
  const state = { hanging: false, hung: 0, labels: [] as string[] };
  const { promise, resolve } = Promise.withResolvers<void>();
  const watched: Services = {
    ...services,
    db: {
      ...db,
      async run(statement, ...params) {
        if (state.hanging && statement.label === "jobs.partitions") {
          state.hung++;
          await promise;
        }
        const rows = await db.run(statement, ...params);
        state.labels.push(statement.label);
        return rows;
      },
    },
  };
  const release = () => {
    state.hanging = false;
    resolve();
  };
  return { state, watched, release };
}

onPostgresQueue("a worker whose loops hang does not renew its lease", async (queue) => {
  const { db, services, organization } = queue;
  const id = await addJob(db, organization.id);
  const { state, watched, release } = hangingScans(services);
  let ran = 0;
  const reasons: unknown[] = [];
  await using worker = await startTestWorker(watched, async (run) => {
    if (++ran > 1) return done;
    return await untilAborted(run).catch((thrown) => {
      reasons.push(thrown);
      throw thrown;
    });
  });
  // Also if this test fails, because the worker stops only after its loops have ended.
  await using _release = { [Symbol.asyncDispose]: () => Promise.resolve(release()) };
  await until("the job runs", () => ran === 1);
  state.hanging = true;
  await until("both loops hang", () => state.hung === 2);

  using _silent = skipTime(12_000);
  state.labels.length = 0;
  await until("the lease is renewed", () => state.labels.includes("workers.renew"));
  assert.equal(worker.healthy(), false);
  assert.ok(reasons.length === 0);

  using _hanging = skipTime(21_000);
  await until("the job is aborted", () => reasons.length === 1);
  const [reason] = reasons;
  assert.ok(reason instanceof JobAborted && reason.abortCause === "stopping");
  state.labels.length = 0;
  const reaps = () => state.labels.filter((label) => label === "workers.reap").length;
  await until("two renewals were due", () => reaps() === 2);
  assert.ok(!state.labels.includes("workers.renew"));

  await expireLease(db);
  await until("the job is rescued", async () => (await readJob(db, id)).crashes === 1);
  release();
  await until("the job is done", async () => (await readJob(db, id)).status === "COMPLETED");
  await until("the worker is healthy", () => worker.healthy());
});
