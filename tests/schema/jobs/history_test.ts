import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { settleJobs } from "../../../src/domain/jobs/settle.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { addJob, addWorker, claimWork, endOf } from "../../support/jobs.ts";
import { type TestServer, withServer } from "../../support/server.ts";

const ERROR = { type: "REFUSED", code: null, message: "No such customer" };
const FORGET_WORKERS = statement<[]>("test.forgetWorkers", "delete from workers");

/** Runs a job that fails; returns the ids of the job and of its worker. */
async function failedJob({ services, organization }: TestServer) {
  const { db } = services;
  const id = await addJob(db, organization.id, {
    kind: "CLEANUP_DELIVERIES",
    topic: "work",
    payload: { daysToKeep: 90, batch: { id: "b1" } },
  });
  const worker = await addWorker(services);
  const [job] = await claimWork(services, worker, organization.id);
  assert.ok(job);
  await settleJobs(db, [endOf(job, { outcome: "fail", error: ERROR })]);
  return { id, worker };
}

onEveryDatabase(
  "timeline and attempts show the host of an ended worker to the OPERATOR",
  ({ db }) =>
    withServer(db, async (server) => {
      const { post, keys } = server;
      const { id, worker } = await failedJob(server);
      await db.run(FORGET_WORKERS);
      const query = `query ($id: ID!) { job(id: $id) {
      timeline { state worker { id host } text } attempts { worker { id host } } } }`;
      const read = async (key: string) =>
        (await post(query, { key, variables: { id: toTypeId("job", id) } })).body.data.job;
      for (const [key, host] of [[keys.OPERATOR, "test"], [keys.ADMIN, null]] as const) {
        const by = { id: toTypeId("worker", worker), host };
        assert.deepEqual(await read(key), {
          timeline: [
            { state: "QUEUED", worker: null, text: "Created" },
            { state: "STARTED", worker: by, text: "Attempt 1 started" },
            { state: "FAILED", worker: by, text: "Attempt 1 failed: No such customer" },
          ],
          attempts: [{ worker: by }],
        });
      }
    }),
);

onEveryDatabase(
  "startJobAgain answers with the new job, or with the path of the fault",
  ({ db }) =>
    withServer(db, async (server) => {
      const { post } = server;
      const { id } = await failedJob(server);
      const query = `mutation ($id: ID!, $input: StartJobAgainInput) {
      startJobAgain(id: $id, input: $input) {
        ... on StartJobAgainPayload { job { status startedFrom { id } } }
        ... on InvalidInputError { issues { path } } } }`;
      const start = async (input: unknown) => {
        const variables = { id: toTypeId("job", id), input };
        return (await post(query, { variables })).body.data.startJobAgain;
      };
      assert.deepEqual(await start({ payload: { daysToKeep: 1 } }), {
        job: { status: "QUEUED", startedFrom: { id: toTypeId("job", id) } },
      });
      // The payload of the failed job itself has a field too many.
      assert.deepEqual(await start(null), { issues: [{ path: ["payload", "batch"] }] });
    }),
);

onEveryDatabase(
  "JobFilter selects by payload, and names the path of what no payload has",
  ({ db }) =>
    withServer(db, async (server) => {
      const { post } = server;
      const { id } = await failedJob(server);
      const query = `query ($filter: JobFilter) { jobs(filter: $filter) { nodes { id } } }`;
      const list = async (filter: unknown) => (await post(query, { variables: { filter } })).body;
      const found = await list({
        payload: { path: "batch.id", equals: "b1" },
        errorTypes: ["REFUSED"],
      });
      assert.deepEqual(found.data.jobs.nodes, [{ id: toTypeId("job", id) }]);
      assert.deepEqual(
        (await list({ payload: { path: "batch", equals: {} } })).data.jobs.nodes,
        [],
      );
      for (
        const [filter, path] of [
          [{ payload: { path: "", equals: 1 } }, "payload.path"],
          [{ payload: { path: "x".repeat(201), equals: 1 } }, "payload.path"],
          [{ payload: { path: "a\0", equals: 1 } }, "payload.path"],
          [{ payload: { path: "a", equals: "b\0" } }, "payload.equals"],
          [{ payload: { path: "a", equals: ["\ud800"] } }, "payload.equals"],
          [{ errorTypes: [] }, "errorTypes"],
        ] as const
      ) {
        const { errors } = await list(filter);
        assert.match(JSON.stringify(errors), new RegExp(`filter.${path}`), JSON.stringify(filter));
      }
      assert.deepEqual(
        (await list({ payload: { path: "a", equals: "\\u0000 \\ud800" } })).data.jobs.nodes,
        [],
      );
    }),
);

onEveryDatabase(
  "jobsUpdated drops a job that leaves the filter of the payload",
  ({ db }) =>
    withServer(db, async (server) => {
      const { connect, post } = server;
      const { id } = await failedJob(server);
      const events = connect().iterate<{ jobsUpdated: Record<string, unknown> }>({
        query: `subscription ($filter: JobFilter) {
        jobsUpdated(filter: $filter) { reset changed { id } removedIds } }`,
        variables: {
          filter: { errorTypes: ["REFUSED"], payload: { path: "daysToKeep", equals: 90 } },
        },
      });
      const job = toTypeId("job", id);
      const next = async () => (await events.next()).value.data.jobsUpdated;
      assert.deepEqual(await next(), { reset: true, changed: [{ id: job }], removedIds: [] });
      const retry = `mutation ($ids: [ID!]) { retryJobs(input: { ids: $ids }) {
      ... on RetryJobsPayload { jobCount job { id } hasMore skipped { reason count } } } }`;
      const { body } = await post(retry, { variables: { ids: [job] } });
      assert.deepEqual(body.data.retryJobs, {
        jobCount: 1,
        job: { id: job },
        hasMore: false,
        skipped: [],
      });
      assert.deepEqual(await next(), { reset: false, changed: [], removedIds: [job] });
      await events.return?.();
    }),
);
