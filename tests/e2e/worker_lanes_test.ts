import assert from "node:assert/strict";
import { insertJobs } from "../../src/domain/jobs/enqueue.ts";
import { JOB_KINDS } from "../../src/domain/jobs/kinds.ts";
import { readWorkers } from "../../src/domain/jobs/workers.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { readJob } from "../support/jobs.ts";
import { startWorkerProgram } from "../support/program.ts";
import { until } from "../support/until.ts";

onPostgres("WORKER_LANES limits a process to its lanes and slots", async ({ db, url }) => {
  const { id: organizationId } = await createOrganization(db);
  const job = {
    organizationId,
    userId: null,
    kind: "SEND_DUE",
    maxAttempts: JOB_KINDS.SEND_DUE.maxAttempts,
    payload: {},
  };
  const [bulk = "", system = ""] = await insertJobs(db, [
    { ...job, lane: "BULK" },
    { ...job, lane: "SYSTEM" },
  ]);
  const worker = startWorkerProgram({ DATABASE_URL: url, WORKER_LANES: "system:1" });
  await until("the job of its lane is done", async () => {
    return (await readJob(db, system)).status === "COMPLETED";
  });
  assert.equal((await readJob(db, bulk)).status, "QUEUED");
  const [state, ...others] = await readWorkers(db);
  assert.deepEqual(others, []);
  const lanes = state?.lanes.map(({ lane, concurrency }) => `${lane}:${concurrency}`);
  assert.deepEqual(lanes, ["SYSTEM:1"]);
  assert.equal(await worker.stop(), 0);
});
