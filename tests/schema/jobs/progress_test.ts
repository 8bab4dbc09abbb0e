import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import type { Progress } from "../../../src/domain/jobs/job.ts";
import { onEveryDatabase } from "../../support/database.ts";
import { addJob } from "../../support/jobs.ts";
import { withServer } from "../../support/server.ts";

const RUN = statement<[id: string, progress: string]>(
  "test.runJob",
  `update jobs set status = 'PROCESSING', fence = 1, worker_id = id, started_at = now() - interval '10 minutes',
     progress = $2::jsonb where id = $1`,
);

const QUERY = `query ($id: ID!) { job(id: $id) { progress { processed fraction etaMs } } }`;

onEveryDatabase("Job.progress.etaMs leaves out the items of earlier runs", async ({ db }) => {
  await withServer(db, async ({ post, organization }) => {
    const id = await addJob(db, organization.id);
    const progressAfter = async (counts: Pick<Progress, "processed" | "processedBefore">) => {
      const progress: Progress = { total: 100, succeeded: 0, failed: 0, skipped: 0, ...counts };
      await db.run(RUN, id, JSON.stringify(progress));
      const { body } = await post(QUERY, { variables: { id: toTypeId("job", id) } });
      return body.data?.job.progress;
    };
    const minutes = async (counts: Pick<Progress, "processed" | "processedBefore">) =>
      Math.floor((await progressAfter(counts)).etaMs / 60_000);

    assert.equal(await minutes({ processed: 50 }), 10);
    assert.equal(await minutes({ processed: 50, processedBefore: 40 }), 50);
    assert.deepEqual(await progressAfter({ processed: 40, processedBefore: 40 }), {
      processed: 40,
      fraction: 0.4,
      etaMs: null,
    });
  });
});
