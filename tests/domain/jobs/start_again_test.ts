import assert from "node:assert/strict";
import type { InvalidInputError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { startJobAgain } from "../../../src/domain/jobs/start_again.ts";
import { startJob } from "../../../src/domain/jobs/start.ts";
import { readTimeline } from "../../../src/domain/jobs/timeline.ts";
import { addJob } from "../../support/jobs.ts";
import { onEveryQueue } from "../../support/queue.ts";

const INPUT = { kind: "CLEANUP_DELIVERIES", payload: { daysToKeep: 90 }, priority: 7 } as const;

onEveryQueue("startJobAgain() starts a copy with changes, and notes its origin", async (queue) => {
  const { services, organization: { admin } } = queue;
  const { job } = await startJob(services, admin, { ...INPUT, maxAttempts: 9, uniqueKey: "x" });
  const copy = await startJobAgain(services, admin, job.id, {});
  assert.deepEqual(
    [copy.kind, copy.payload, copy.priority, copy.maxAttempts, copy.status, copy.startedFrom],
    [job.kind, { daysToKeep: 90 }, 7, 9, "QUEUED", job.id],
  );
  assert.notEqual(copy.id, job.id);
  const [created] = await readTimeline(services, copy);
  assert.equal(created?.text, `Created by ada as a copy of ${toTypeId("job", job.id)}`);

  await cancelJob(services, admin, job.id);
  const runAt = new Date(Date.now() + 60_000);
  const changes = { payload: { daysToKeep: 0 }, priority: 0, runAt };
  const changed = await startJobAgain(services, admin, job.id, changes);
  assert.deepEqual(
    [changed.payload, changed.priority, changed.status, changed.runAt],
    [{ daysToKeep: 0 }, 0, "SCHEDULED", runAt],
  );
});

onEveryQueue("startJobAgain() refuses invalid fields as startJob() does", async (queue) => {
  const { services, organization: { admin } } = queue;
  const { job } = await startJob(services, admin, INPUT);
  for (
    const [input, path] of [
      [{ payload: { daysToKeep: -1 } }, "payload.daysToKeep"],
      [{ payload: { daysToKeep: 1, surprise: 1 } }, "payload.surprise"],
      [{ priority: 101 }, "priority"],
    ] as const
  ) {
    await assert.rejects(
      startJobAgain(services, admin, job.id, input),
      ({ issues }: InvalidInputError) => issues.every((issue) => issue.path.join(".") === path),
    );
  }
});

onEveryQueue(
  "startJobAgain() accepts jobs of startable kinds that the caller may see",
  async (queue) => {
    const { db, services, organization: { id, admin, member, colleague } } = queue;
    const fields = { ...INPUT, lane: "SYSTEM" as const, userId: member.userId };
    const own = await addJob(db, id, fields);
    assert.equal((await startJobAgain(services, member, own, {})).userId, member.userId);
    await assert.rejects(startJobAgain(services, colleague, own, {}), { name: "NotFoundError" });
    for (const kind of ["SEND_BATCH", "OF_A_NEWER_VERSION"]) {
      const other = await addJob(db, id, { kind });
      await assert.rejects(startJobAgain(services, admin, other, {}), {
        name: "ConflictError",
        code: "NOT_STARTABLE",
      });
    }
  },
);
