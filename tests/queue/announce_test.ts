import assert from "node:assert/strict";
import { announceJob, readAnnouncement } from "../../src/domain/jobs/announce.ts";
import type { ReadyPartition } from "../../src/domain/jobs/claim.ts";
import { registerWorker } from "../../src/domain/jobs/lease.ts";
import { done } from "../../src/domain/jobs/outcome.ts";
import { createBus } from "../../src/events/bus.ts";
import { newId } from "../../src/domain/id.ts";
import type { Services } from "../../src/domain/services.ts";
import { Claimer } from "../../src/queue/claimer.ts";
import { RunningJobs } from "../../src/queue/running_jobs.ts";
import { WakeSignal } from "../../src/queue/wake_signal.ts";
import { addJob } from "../support/jobs.ts";
import { onEveryQueue } from "../support/queue.ts";
import { interceptStatement, startTestWorker, workHandlers } from "../support/worker.ts";
import { until } from "../support/until.ts";

function partitionOf(organizationId: string, topic = "work"): ReadyPartition {
  return { lane: "BULK", organizationId, topic, size: 1 };
}

/** A claimer that runs no loop: the test calls it. */
async function makeClaimer(services: Services): Promise<Claimer> {
  const id = newId();
  await registerWorker(services, id, "test", new Map());
  const running = new RunningJobs(workHandlers(() => Promise.resolve(done)), () => {});
  const lanes = new Map([["BULK", 10]] as const);
  return new Claimer(services, { workerId: () => id, lanes, running, wake: new WakeSignal() });
}

Deno.test("readAnnouncement() reads topics with blanks, and no lane that does not exist", async () => {
  const partition = partitionOf(newId(), "July  newsletter 5");
  const published: string[] = [];
  const bus = createBus();
  bus.subscribe("queue", ({ ids }) => void published.push(...ids ?? []));
  announceJob({ bus }, partition);
  await bus.close();
  assert.deepEqual(readAnnouncement(published[0] ?? ""), { lane: "BULK", partition });
  assert.deepEqual(readAnnouncement("BULK"), { lane: "BULK", partition: null });
  assert.equal(readAnnouncement("LATER"), null);
});

onEveryQueue(
  "A worker claims announced jobs without a scan",
  async ({ services, db, organization }) => {
    let scans = 0;
    const counting = interceptStatement(services, "jobs.partitions", (run) => {
      scans++;
      return run();
    });
    let ran = 0;
    await using _worker = await startTestWorker(counting, () => {
      ran++;
      return Promise.resolve(done);
    });
    await until("the worker has scanned", () => scans > 0);
    const before = scans;
    const start = performance.now();
    for (let n = 1; n <= 10; n++) {
      await addJob(db, organization.id);
      announceJob(services, partitionOf(organization.id));
      await until("the job has run", () => ran === n);
    }
    // Each of the two loops of a worker polls after 0.8 s at the earliest, and scans at most every 0.25 s.
    const polls = 2 * (1 + (performance.now() - start) / 250);
    assert.ok(scans - before <= polls, `${scans - before} scans, of which ${polls} polls`);
  },
);

for (const [during, label] of [["a claim", "jobs.claim"], ["a scan", "jobs.partitions"]] as const) {
  onEveryQueue(
    `A job that is announced during ${during} that misses it is claimed next`,
    async ({ services, db, organization }) => {
      let isAdded = false;
      const late = interceptStatement(services, label, async (run) => {
        const rows = await run();
        if (!isAdded) {
          isAdded = true;
          await addJob(db, organization.id);
          claimer.announce(partitionOf(organization.id));
        }
        return rows;
      });
      const claimer = await makeClaimer(late);
      if (during === "a claim") await addJob(db, organization.id);
      assert.equal(await claimer.claim(), 1);
      assert.equal(await claimer.claim(), during === "a claim" ? 1 : 0);
    },
  );
}
