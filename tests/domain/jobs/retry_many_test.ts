import assert from "node:assert/strict";
import type { InvalidInputError } from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { retryJobs } from "../../../src/domain/jobs/retry_many.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addJobs, addWorker, claimWork, endOf, readJob } from "../../support/jobs.ts";
import { onEveryQueue, type TestQueue } from "../../support/queue.ts";

const ERROR = { type: "NETWORK", code: null, message: "No answer" };

/** Fails all queued jobs of the organization. */
async function failAll({ db, services, organization }: TestQueue): Promise<void> {
  const jobs = await claimWork(services, await addWorker(services), organization.id, 2_000);
  await settleJobs(db, jobs.map((job) => endOf(job, { outcome: "fail", error: ERROR })));
}

onEveryQueue(
  "retryJobs() retries the FAILED ones of the ids, and counts the others",
  async (queue) => {
    const { db, services, organization: { id: organizationId, admin, member } } = queue;
    const failed = await addJobs(db, organizationId, 2, { userId: member.userId });
    await failAll(queue);
    const [queued, later] = [
      await addJob(db, organizationId),
      await addJob(db, organizationId, { runAt: new Date(Date.now() + 60_000) }),
    ];
    const woken: unknown[] = [];
    services.bus.subscribe("queue", ({ ids }) => woken.push(ids));
    const ids = [...failed, queued, later, queued];
    const { jobs, skipped, hasMore } = await retryJobs(services, admin, { ids });
    assert.deepEqual(jobs.map(({ id }) => id).sort(), failed.sort());
    assert.ok(
      jobs.every(({ status, attempt, error }) => status === "QUEUED" && !attempt && !error),
    );
    assert.deepEqual(skipped, [{ reason: "Its status is QUEUED", count: 2 }]);
    assert.equal(hasMore, false);
    assert.deepEqual(woken, [["BULK"]]);
    assert.deepEqual((await retryJobs(services, member, { ids: failed })).jobs, []);
  },
);

onEveryQueue(
  "retryJobs() with a filter retries FAILED jobs only, 1,000 per call",
  async (queue) => {
    const { db, services, organization: { id: organizationId, admin, colleague } } = queue;
    const failed = await addJobs(db, organizationId, 1_001);
    await failAll(queue);
    await addJobs(db, organizationId, 3);
    const filter = { errorTypes: ["NETWORK"], lanes: ["BULK" as const] };
    assert.deepEqual((await retryJobs(services, colleague, { filter })).jobs, []);
    const first = await retryJobs(services, admin, { filter });
    assert.deepEqual([first.jobs.length, first.hasMore, first.skipped], [1_000, true, []]);
    const second = await retryJobs(services, admin, { filter });
    assert.deepEqual([second.jobs.length, second.hasMore], [1, false]);
    assert.equal(new Set([...first.jobs, ...second.jobs].map(({ id }) => id)).size, failed.length);
  },
);

onEveryQueue("retryJobs() retries one job per unique key, while no other has it", async (queue) => {
  const { db, services, organization: { id: organizationId, admin } } = queue;
  const ids: string[] = [];
  for (const uniqueKey of ["nightly", "nightly", "hourly", null, null]) {
    ids.push(await addJob(db, organizationId, { uniqueKey }));
    await failAll(queue);
  }
  await addJob(db, organizationId, { uniqueKey: "hourly" });
  const { jobs, skipped } = await retryJobs(services, admin, { ids });
  assert.deepEqual(jobs.map(({ id }) => id).sort(), [ids[0], ids[3], ids[4]].sort());
  assert.deepEqual(skipped, [{ reason: "Another unfinished job has its unique key", count: 2 }]);
});

onEveryQueue(
  "retryJobs() refuses a selection that is invalid, and retries nothing",
  async (queue) => {
    const { db, services, organization: { id: organizationId, admin, member } } = queue;
    const id = await addJob(db, organizationId);
    await failAll(queue);
    for (
      const [selection, path] of [
        [{}, "ids"],
        [{ ids: [] }, "ids"],
        [{ filter: {} }, "filter"],
        [{ filter: { kinds: null } }, "filter"],
        [{ ids: [id], filter: { active: false } }, "filter"],
      ] as const
    ) {
      await assert.rejects(
        retryJobs(services, admin, selection),
        ({ issues }: InvalidInputError) => issues.every((issue) => issue.path.join(".") === path),
      );
    }
    const unknown = newId();
    const stranger = (await createOrganization(db)).admin;
    for (
      const [caller, missing] of [[admin, [unknown]], [member, [id, unknown]], [stranger, [
        id,
        unknown,
      ]]] as const
    ) {
      await assert.rejects(retryJobs(services, caller, { ids: [id, unknown] }), {
        name: "NotFoundError",
        ids: missing.map((value) => toTypeId("job", value)),
      });
    }
    assert.equal((await readJob(db, id)).status, "FAILED");
  },
);
