import assert from "node:assert/strict";
import { newId } from "../../../src/domain/id.ts";
import {
  type ClaimedJob,
  claimJobs,
  promoteDueJobs,
  readPartitions,
} from "../../../src/domain/jobs/claim.ts";
import { createOrganization } from "../../support/callers.ts";
import {
  addJob,
  addJobs,
  addWorker,
  claimWork,
  makeDue,
  readAttempts,
  readJob,
} from "../../support/jobs.ts";
import { onEveryQueue, onPostgresQueue } from "../../support/queue.ts";

onEveryQueue(
  "claimJobs() claims a topic by priority, then age",
  async ({ db, services, organization }) => {
    const worker = await addWorker(services);
    const [old, young] = [await addJob(db, organization.id), await addJob(db, organization.id)];
    const urgent = await addJob(db, organization.id, { priority: 5 });
    const idle = await addJob(db, organization.id, { priority: -5 });
    const overdue = await addJob(db, organization.id, { runAt: new Date(Date.now() - 60_000) });
    const claimed: string[] = [];
    for (let n = 0; n < 6; n++) {
      const jobs = await claimWork(services, worker, organization.id, 1);
      claimed.push(...jobs.map(({ id }) => id));
    }
    assert.deepEqual(claimed, [urgent, overdue, old, young, idle]);
  },
);

onEveryQueue("claimJobs() claims no more than the quota of each partition", async (queue) => {
  const { db, services, organization } = queue;
  const worker = await addWorker(services);
  const other = await createOrganization(db);
  await addJobs(db, organization.id, 5);
  await addJobs(db, organization.id, 5, { topic: "news" });
  await addJobs(db, organization.id, 5, { lane: "AI" });
  await addJobs(db, other.id, 1);
  const quota = { lane: "BULK", organizationId: organization.id } as const;
  const jobs = await claimJobs(services, worker, [
    { ...quota, topic: "work", size: 200, count: 2 },
    { ...quota, topic: "news", size: 300, count: 3 },
    { ...quota, organizationId: other.id, topic: "work", size: 400, count: 4 },
  ]);
  const taken = Object.groupBy(
    jobs,
    ({ organizationId, topic }) => organizationId === other.id ? "other" : topic,
  );
  assert.deepEqual(
    Object.entries(taken).map(([name, jobs]) => [name, jobs?.length]).sort(),
    [["news", 3], ["other", 1], ["work", 2]],
  );
  assert.ok(jobs.every(({ lane, attempt }) => lane === "BULK" && attempt === 1));
});

onEveryQueue(
  "claimJobs() claims jobs up to the total size of the quota, but always the first one",
  async ({ db, services, organization }) => {
    const worker = await addWorker(services);
    const claimSizes = async (topic: string, size: number) => {
      const quota = {
        lane: "BULK",
        organizationId: organization.id,
        topic,
        size,
        count: 10,
      } as const;
      return (await claimJobs(services, worker, [quota])).map((job) => job.size).sort();
    };
    for (const size of [30, 30, 100, 10]) {
      await addJob(db, organization.id, { topic: "mixed", size });
    }
    assert.deepEqual(await claimSizes("mixed", 100), [30, 30]);
    assert.deepEqual(await claimSizes("mixed", 20), [100]);
    assert.deepEqual(await claimSizes("mixed", 20), [10]);
    assert.deepEqual(await claimSizes("mixed", 20), []);
    await addJobs(db, organization.id, 3, { topic: "whole" });
    const [partition] = await readPartitions(services, [{ lane: "BULK", after: null }], 10);
    assert.deepEqual([partition?.topic, partition?.size], ["whole", 100]);
  },
);

onPostgresQueue(
  "claimJobs() claims each job once among 8 claimants, with a new fence each",
  async (queue) => {
    const { db, services, organization } = queue;
    const ids = await addJobs(db, organization.id, 1_000);
    const claimAll = async (): Promise<ClaimedJob[]> => {
      const worker = await addWorker(services);
      const mine: ClaimedJob[] = [];
      while (true) {
        const jobs = await claimWork(services, worker, organization.id, 7);
        if (jobs.length === 0) return mine;
        mine.push(...jobs);
      }
    };
    const claimed = (await Promise.all(Array.from({ length: 8 }, claimAll))).flat();
    assert.deepEqual(claimed.map(({ id }) => id).sort(), ids.sort());
    assert.equal(new Set(claimed.map(({ fence }) => fence)).size, ids.length);
  },
);

onEveryQueue("claimJobs() claims nothing for a worker that is not registered", async (queue) => {
  const { db, services, organization } = queue;
  const id = await addJob(db, organization.id);
  assert.deepEqual(await claimWork(services, newId(), organization.id), []);
  assert.equal((await readJob(db, id)).status, "QUEUED");
});

onEveryQueue(
  "readPartitions() returns each partition once, page by page, lane by lane",
  async (queue) => {
    const { db, services, organization } = queue;
    const other = await createOrganization(db);
    for (const topic of ["a", "b", "c"]) await addJobs(db, organization.id, 3, { topic });
    await addJobs(db, other.id, 2, { topic: "a" });
    await addJob(db, other.id, { topic: "later", runAt: new Date(Date.now() + 60_000) });
    await addJob(db, other.id, { lane: "AI", topic: "z" });

    const found: string[] = [];
    const lanes = [{ lane: "BULK", after: null }, { lane: "AI", after: null }] as const;
    let page = await readPartitions(services, lanes, 3);
    found.push(...page.map(({ lane, topic }) => `${lane} ${topic}`));
    const after = page.filter(({ lane }) => lane === "BULK").at(-1) ?? null;
    page = await readPartitions(services, [{ lane: "BULK", after }], 3);
    found.push(...page.map(({ lane, topic }) => `${lane} ${topic}`));
    assert.deepEqual(found.sort(), ["AI z", "BULK a", "BULK a", "BULK b", "BULK c"]);
  },
);

onEveryQueue("promoteDueJobs() moves due jobs up to its limit", async (queue) => {
  const { db, services, organization } = queue;
  const later = { runAt: new Date(Date.now() + 3_600_000) };
  const ids = await addJobs(db, organization.id, 5, later);
  assert.equal(await promoteDueJobs(services, 10), 0);
  await makeDue(db);
  assert.equal(await promoteDueJobs(services, 3), 3);
  assert.equal(await promoteDueJobs(services, 3), 2);
  const worker = await addWorker(services);
  assert.equal((await claimWork(services, worker, organization.id)).length, 5);
  assert.deepEqual(await readAttempts(db, ids[0] ?? ""), []);
});
