import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { SYSTEM_ORGANIZATION_ID } from "../../../src/domain/access/access.ts";
import { updateProcessor } from "../../../src/domain/campaigns/processor.ts";
import { ForbiddenError } from "../../../src/domain/errors.ts";
import { readInstallation } from "../../../src/domain/installation/installation.ts";
import { enqueueJobs } from "../../../src/domain/jobs/enqueue.ts";
import { readProcessor } from "../../../src/domain/overview/processor.ts";
import { ensureBuiltInSchedules } from "../../../src/domain/schedules/built_in.ts";
import { createOrganization } from "../../support/callers.ts";
import { addCampaign, campaignInput, passDate, signUp } from "../../support/campaigns.ts";
import { issuesOf } from "../../support/issues.ts";
import { logOf } from "../../support/log.ts";
import { onEveryMail } from "../../support/mail.ts";
import { personAt, readBatches } from "../../support/messages.ts";

const RESULTS = statement<[], { result: Record<string, unknown> }>(
  "test.resultsOfCycles",
  "select result from jobs where kind = 'SEND_DUE' order by id",
);

const CYCLE = {
  organizationId: SYSTEM_ORGANIZATION_ID,
  userId: null,
  kind: "SEND_DUE",
  payload: {},
} as const;

onEveryMail("A cycle records and logs the number of queued mails by type", async (mail) => {
  const { db, services, organization: { admin, operator }, worker, smtp } = mail;
  const other = await createOrganization(db, "Other");
  for (const { organizationId } of [admin, other.admin]) {
    const caller = organizationId === admin.organizationId ? admin : other.admin;
    const campaign = await addCampaign(services, caller, campaignInput());
    await signUp(services, caller, personAt(1));
    if (caller === admin) await signUp(services, caller, personAt(2));
    await passDate(db, campaign);
  }
  const lines = await logOf(async () => {
    await enqueueJobs(db, [CYCLE]);
    await worker.runQueued();
  });
  assert.ok(lines.includes("Cycle queued 3 mails: search_engine 3"), lines.join("\n"));
  assert.equal(smtp.received.length, 3);
  const processor = await readProcessor(db, admin.organizationId);
  assert.ok(processor.lastCycleAt);
  assert.deepEqual(processor.lastCycleByType, [{ type: "search_engine", count: 2 }]);
  const [cycle] = await db.run(RESULTS);
  assert.deepEqual(
    [cycle?.result.messageCount, cycle?.result.recipientCount, cycle?.result.batchCount],
    [2, 3, 2],
  );
  const { processor: ofAll } = await readInstallation(services, operator);
  assert.deepEqual(ofAll.lastCycleByType, [{ type: "search_engine", count: 3 }]);
  assert.deepEqual(ofAll.lastCycleAt, processor.lastCycleAt);
  const idle = await logOf(async () => {
    await enqueueJobs(db, [CYCLE]);
    await worker.runQueued();
  });
  assert.ok(idle.includes("Cycle queued 0 mails: none is due"), idle.join("\n"));
  assert.deepEqual((await readProcessor(db, admin.organizationId)).lastCycleByType, []);
});

onEveryMail("updateProcessor() changes interval and batch size, for the OPERATOR", async (mail) => {
  const { db, services, organization: { admin, operator }, worker } = mail;
  await ensureBuiltInSchedules(services);
  const { intervalMs, batchSize } = await readProcessor(db, admin.organizationId);
  assert.deepEqual([intervalMs, batchSize], [60_000, 100]);
  await updateProcessor(services, operator, { intervalMs: 30_000, batchSize: 2 });
  const changed = await readProcessor(db, admin.organizationId);
  assert.deepEqual([changed.intervalMs, changed.batchSize], [30_000, 2]);
  const campaign = await addCampaign(services, admin, campaignInput());
  for (let n = 1; n <= 3; n++) await signUp(services, admin, personAt(n));
  await passDate(db, campaign);
  await enqueueJobs(db, [CYCLE]);
  await worker.runQueued();
  assert.deepEqual((await readBatches(db, campaign.messageId)).map(({ size }) => size), [2, 1]);

  await assert.rejects(updateProcessor(services, admin, { batchSize: 2 }), ForbiddenError);
  const issues = (input: Parameters<typeof updateProcessor>[2]) =>
    issuesOf(() => updateProcessor(services, operator, input));
  assert.deepEqual(await issues({ intervalMs: 999 }), ["intervalMs OUT_OF_RANGE"]);
  assert.deepEqual(await issues({ batchSize: 0 }), ["batchSize OUT_OF_RANGE"]);
  assert.deepEqual(await issues({}), [" EMPTY"]);
});
