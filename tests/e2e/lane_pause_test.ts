import assert from "node:assert/strict";
import { insertJobs } from "../../src/domain/jobs/enqueue.ts";
import { createOrganization } from "../support/callers.ts";
import { onPostgres } from "../support/database.ts";
import { newJob, readJob } from "../support/jobs.ts";
import { request, startProgram, startWorkerProgram } from "../support/program.ts";
import { until } from "../support/until.ts";

const KEY = "key-of-this-test";
const UPDATE = `mutation ($input: UpdateLaneInput!) {
  updateLane(lane: SYSTEM, input: $input) {
    __typename
    ... on UpdateLanePayload { overview { queue { byLane { lane paused } } } }
    ... on Error { reason }
  }
}`;
const WORKERS =
  "{ installation { processor { workers { lanes { lane concurrency } eventLoopMs } } } }";

interface Workers {
  readonly installation: {
    readonly processor: {
      readonly workers: readonly {
        readonly lanes: readonly { readonly lane: string; readonly concurrency: number }[];
        readonly eventLoopMs: number | null;
      }[];
    };
  };
}

onPostgres(
  "a lane paused in one process stops in another one, also after a restart",
  async ({ db, url }) => {
    const settings = { DATABASE_URL: url, ADMIN_API_KEY: KEY };
    const server = await startProgram(settings, ["--no-worker"]);
    let worker = startWorkerProgram({ ...settings, WORKER_LANES: "system:2" });
    const { id } = await createOrganization(db);
    const addJob = async () => {
      const job = { lane: "SYSTEM", kind: "SEND_DUE" } as const;
      const [jobId = ""] = await insertJobs(db, [newJob(id, job)]);
      return jobId;
    };
    const isCompleted = async (jobId: string) => (await readJob(db, jobId)).status === "COMPLETED";
    const update = async (input: object) => {
      const { updateLane } = await request<{
        updateLane: {
          __typename: string;
          overview: { queue: { byLane: { lane: string; paused: boolean }[] } };
        };
      }>(server, UPDATE, { input });
      assert.equal(updateLane.__typename, "UpdateLanePayload");
      return updateLane.overview.queue.byLane.find(({ lane }) => lane === "SYSTEM")?.paused;
    };
    const slots = async () => {
      const { installation } = await request<Workers>(server, WORKERS);
      return installation.processor.workers.map(({ lanes }) => lanes[0]?.concurrency);
    };

    const before = await addJob();
    await until("the worker runs jobs", () => isCompleted(before));
    assert.equal(await update({ paused: true }), true);
    await until("the worker shows the pause", async () => (await slots())[0] === 0);
    const paused = await addJob();
    assert.equal((await readJob(db, paused)).status, "QUEUED");

    await worker.stop();
    worker = startWorkerProgram({ ...settings, WORKER_LANES: "system:2" });
    await until("the new worker has started", async () => (await slots()).length === 1);
    assert.deepEqual(await slots(), [0]);
    assert.equal((await readJob(db, paused)).status, "QUEUED");

    assert.equal(await update({ paused: false, slots: 3 }), false);
    await until("the job of the resumed lane has run", () => isCompleted(paused));
    await until("the worker shows its slots", async () => (await slots())[0] === 3);
    const { installation: { processor: { workers: [state] } } } = await request<Workers>(
      server,
      WORKERS,
    );
    assert.equal(typeof state?.eventLoopMs, "number");
    assert.deepEqual(await Promise.all([worker.stop(), server.stop()]), [0, 0]);
  },
);
