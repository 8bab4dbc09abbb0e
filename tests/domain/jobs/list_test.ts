import assert from "node:assert/strict";
import { InvalidInputError } from "../../../src/domain/errors.ts";
import type { JobFilter } from "../../../src/domain/jobs/filter.ts";
import { type JobOrder, listJobs } from "../../../src/domain/jobs/list.ts";
import { parkClaimed } from "../../../src/domain/jobs/park.ts";
import { settleJobs, type Settlement } from "../../../src/domain/jobs/settle.ts";
import { createOrganization } from "../../support/callers.ts";
import { addJob, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { onEveryQueue } from "../../support/queue.ts";

onEveryQueue(
  "listJobs() returns the jobs that the caller may see and the filter matches",
  async (queue) => {
    const { db, services, organization } = queue;
    const { admin, member, colleague } = organization;
    const stranger = await createOrganization(db);
    const later = new Date(Date.now() + 60_000);
    const [mine, system, due] = [
      await addJob(db, organization.id, { userId: member.userId, subject: "msg_1" }),
      await addJob(db, organization.id, { kind: "CLEANUP", lane: "AI" }),
      await addJob(db, organization.id, { runAt: later, subject: "msg_2" }),
    ];
    await addJob(db, stranger.id);
    const [job] = await claimWork(services, await addWorker(services), organization.id, 1);
    assert.equal(job?.id, mine);
    await settleJobs(db, [endOf(job)]);

    const list = async (filter: JobFilter, caller = admin) => {
      const { edges } = await listJobs(services, caller, filter, "CREATED_ASC", {});
      return edges.map(({ node }) => node.id);
    };
    assert.deepEqual(await list({}), [mine, system, due]);
    assert.deepEqual(await list({}, member), [mine]);
    assert.deepEqual(await list({}, colleague), []);
    assert.deepEqual(await list({ statuses: ["QUEUED"] }), [system, due]);
    assert.deepEqual(await list({ statuses: ["COMPLETED", "FAILED"] }), [mine]);
    assert.deepEqual(await list({ active: true }), [system, due]);
    assert.deepEqual(await list({ active: false, lanes: ["BULK", "AI"] }), [mine]);
    assert.deepEqual(await list({ kinds: ["CLEANUP"] }), [system]);
    assert.deepEqual(await list({ subjectId: "msg_2" }), [due]);
    assert.deepEqual(await list({ startedBy: "max" }), [mine]);
    assert.deepEqual(await list({ ids: [system, due], lanes: ["BULK"] }), [due]);
  },
);

onEveryQueue(
  "listJobs() finds jobs by error type, payload, text and time of their end",
  async ({ db, services, organization: { id: organizationId, admin, member } }) => {
    const payload = { batchId: "b1", customer: { city: "Köln" }, items: [{ id: 7 }, { id: 8 }] };
    const [mine, failed, retried, queued] = [
      await addJob(db, organizationId, { userId: member.userId, payload }),
      await addJob(db, organizationId, { uniqueKey: "100%_nightly" }),
      await addJob(db, organizationId, { payload: { batchId: null } }),
      await addJob(db, organizationId, { lane: "AI" }),
    ];
    const claimed = await claimWork(services, await addWorker(services), organizationId, 3);
    const timeout = { type: "TIMEOUT", code: null, message: "Took longer than 5 s" };
    const refused = { type: "REFUSED", code: "E42", message: "No such customer" };
    const ends = new Map<string | undefined, Partial<Settlement>>([
      [failed, { outcome: "fail", error: timeout }],
      [retried, { outcome: "retry", delayMs: 60_000, error: refused }],
    ]);
    await settleJobs(db, claimed.map((job) => endOf(job, ends.get(job.id) ?? {})));

    const list = async (filter: JobFilter, caller = admin) => {
      const { edges } = await listJobs(services, caller, filter, "CREATED_ASC", {});
      return edges.map(({ node }) => node.id);
    };
    const at = (path: string, equals: unknown) => ({ payload: { path: path.split("."), equals } });
    assert.deepEqual(await list({ errorTypes: ["TIMEOUT", "REFUSED"] }), [failed, retried]);
    assert.deepEqual(await list({ errorTypes: ["REFUSED"], statuses: ["FAILED"] }), []);
    assert.deepEqual(await list({ statuses: ["FAILED", "QUEUED"] }), [failed, retried, queued]);
    assert.deepEqual(await list({ statuses: ["FAILED", "COMPLETED"] }), [mine, failed]);
    assert.deepEqual(await list(at("batchId", "b1")), [mine]);
    assert.deepEqual(await list(at("batchId", null)), [retried]);
    assert.deepEqual(await list(at("items.1.id", 8)), [mine]);
    assert.deepEqual(await list(at("customer", { city: "Köln" })), [mine]);
    assert.deepEqual(await list(at("customer.city", "köln")), []);
    assert.deepEqual(await list({ search: "KÖLN" }), [mine]);
    assert.deepEqual(await list({ search: "no such" }), [retried]);
    assert.deepEqual(await list({ search: "e42" }), [retried]);
    assert.deepEqual(await list({ search: "100%_" }), [failed]);
    assert.deepEqual(await list({ search: "%" }), [failed]);
    assert.deepEqual(await list({ search: "\0köln " }), [mine]);
    assert.deepEqual(await list({ search: "köln" }, member), [mine]);
    assert.deepEqual(await list({ search: "nightly" }, member), []);
    const [past, future] = [new Date(Date.now() - 60_000), new Date(Date.now() + 60_000)];
    assert.deepEqual(await list({ finishedFrom: past, finishedTo: future }), [mine, failed]);
    assert.deepEqual(await list({ finishedTo: past }), []);
    assert.deepEqual(await list({ createdFrom: past, createdTo: future, lanes: ["AI"] }), [queued]);
    assert.deepEqual(await list({ createdTo: past }), []);
    assert.deepEqual(await list({ createdFrom: future }), []);
  },
);

onEveryQueue(
  "listJobs() pages through every order in both directions, with parked jobs",
  async (queue) => {
    const { db, services, organization: { id: organizationId, admin } } = queue;
    for (let n = 0; n < 5; n++) await addJob(db, organizationId);
    await addJob(db, organizationId, { runAt: new Date(Date.now() + 60_000) });
    const [done, parked] = await claimWork(services, await addWorker(services), organizationId, 2);
    assert.ok(done && parked);
    await settleJobs(db, [endOf(done)]);
    await parkClaimed(db, parked.id, parked.fence);

    const orders: JobOrder[] = ["CREATED_ASC", "CREATED_DESC", "RUN_AT_ASC", "FINISHED_DESC"];
    for (const order of orders) {
      const whole = await listJobs(services, admin, {}, order, {});
      const ids = whole.edges.map(({ node }) => node.id);
      assert.equal(new Set(ids).size, 6);

      const forth: string[] = [];
      const back: string[] = [];
      for (let after: string | null = null;;) {
        const page = await listJobs(services, admin, {}, order, { first: 2, after });
        forth.push(...page.edges.map(({ node }) => node.id));
        after = page.pageInfo.endCursor;
        if (!page.pageInfo.hasNextPage) break;
      }
      for (let before: string | null = null;;) {
        const page = await listJobs(services, admin, {}, order, { last: 2, before });
        back.unshift(...page.edges.map(({ node }) => node.id));
        before = page.pageInfo.startCursor;
        if (!page.pageInfo.hasPreviousPage) break;
      }
      assert.deepEqual(forth, ids, order);
      assert.deepEqual(back, ids, order);
    }
  },
);

onEveryQueue("listJobs() refuses a cursor of another list", async ({ services, organization }) => {
  await assert.rejects(
    async () => await listJobs(services, organization.admin, {}, "RUN_AT_ASC", { after: "x" }),
    InvalidInputError,
  );
});
