import assert from "node:assert/strict";
import { insertJobs } from "../../../src/domain/jobs/enqueue.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addWorker, claimWork, endOf, newJob, readJob } from "../../support/jobs.ts";
import { onEveryQueue } from "../../support/queue.ts";

onEveryQueue(
  "insertJobs() writes one of 100 simultaneous jobs with the same key",
  async ({ db, organization }) => {
    const written = await Promise.all(
      Array.from(
        { length: 100 },
        () => insertJobs(db, [newJob(organization.id, { uniqueKey: "nightly" })]),
      ),
    );
    assert.equal(written.flat().length, 1);
  },
);

onEveryQueue("insertJobs() writes a key once per call and organization", async (queue) => {
  const { db, organization } = queue;
  const other = await createOrganization(db);
  const ids = await insertJobs(db, [
    newJob(organization.id, { uniqueKey: "a" }),
    newJob(organization.id, { uniqueKey: "a" }),
    newJob(organization.id, { uniqueKey: "b" }),
    newJob(organization.id),
    newJob(organization.id),
    newJob(other.id, { uniqueKey: "a" }),
  ]);
  assert.equal(ids.length, 5);
});

onEveryQueue("insertJobs() skips a key while its job is unfinished", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  const again = () => insertJobs(db, [newJob(organization.id, { uniqueKey: "a" })]);
  await again();
  const [job] = await claimWork(services, worker, organization.id);
  assert.ok(job);
  assert.deepEqual(await again(), []);
  await settleJobs(db, [endOf(job, { outcome: "retry", delayMs: 60_000 })]);
  assert.deepEqual(await again(), []);
});

onEveryQueue(
  "insertJobs() schedules a job that is due later, and queues one that is due",
  async ({ db, organization }) => {
    const at = (ms: number) => ({ runAt: new Date(Date.now() + ms) });
    const [later, past] = [
      await addJob(db, organization.id, at(3_600_000)),
      await addJob(db, organization.id, at(-3_600_000)),
    ];
    assert.equal((await readJob(db, later)).status, "SCHEDULED");
    assert.equal((await readJob(db, past)).status, "QUEUED");
  },
);
