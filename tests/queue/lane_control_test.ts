import assert from "node:assert/strict";
import { done } from "../../src/domain/jobs/outcome.ts";
import { updateLane } from "../../src/domain/jobs/lane_settings.ts";
import { readWorkers } from "../../src/domain/jobs/workers.ts";
import { startLaneControl } from "../../src/queue/lane_control.ts";
import { startWorker } from "../../src/queue/worker.ts";
import { addJob, addJobs, readJob } from "../support/jobs.ts";
import { onEveryQueue } from "../support/queue.ts";
import { until } from "../support/until.ts";
import { workHandlers } from "../support/worker.ts";

onEveryQueue(
  "a paused lane starts no job, and its running job continues; a resumed one uses its new slots",
  async ({ db, services, organization: { id: org, operator } }) => {
    const control = await startLaneControl(services, new Map([["BULK", 1], ["SYSTEM", 1]]));
    const { promise: released, resolve: release } = Promise.withResolvers<void>();
    let running = 0;
    const worker = await startWorker(services, {
      lanes: control.slots,
      handlers: workHandlers(async () => {
        running++;
        await released;
        return done;
      }),
    });
    const first = await addJob(db, org);
    await until("the first job runs", () => running === 1);
    await updateLane(services, operator, "BULK", { paused: true });
    await until("the pause has arrived", () => control.slots.get("BULK") === 0);
    const second = await addJob(db, org);
    const other = await addJob(db, org, { lane: "SYSTEM" });
    await until("the job of another lane runs", () => running === 2);
    assert.equal((await readJob(db, second)).status, "QUEUED");
    const bulk = await until(
      "the worker shows the pause",
      async () =>
        (await readWorkers(db))[0]?.lanes.find(({ lane, concurrency }) =>
          lane === "BULK" && concurrency === 0
        ),
    );
    assert.equal(bulk.running, 1);

    await updateLane(services, operator, "BULK", { paused: false, slots: 3 });
    const [third = ""] = await addJobs(db, org, 1);
    await until("three jobs of the lane run", () => running === 4);
    release();
    for (const id of [first, second, third, other]) {
      await until("a job has ended", async () => (await readJob(db, id)).status === "COMPLETED");
    }
    await worker.stop();
    await control.stop();
  },
);

onEveryQueue(
  "a process that starts while a lane is paused does not start its jobs",
  async ({ services, organization: { operator } }) => {
    await updateLane(services, operator, "BULK", { paused: true });
    const control = await startLaneControl(services, new Map([["BULK", 4]]));
    assert.equal(control.slots.get("BULK"), 0);
    await control.stop();
  },
);
