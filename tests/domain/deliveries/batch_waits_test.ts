import assert from "node:assert/strict";
import { readBatchWaits } from "../../../src/domain/deliveries/batch_waits.ts";
import { addJob } from "../../support/jobs.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, readBatches } from "../../support/messages.ts";
import { refusals } from "../../support/retries.ts";

onEveryMail(
  "readBatchWaits() explains a batch by its delivery that is due first, and other jobs directly",
  async (mail) => {
    const { db, smtp, organization: { id: org } } = mail;
    const replies = refusals(smtp);
    replies.refuse([1], "450 4.2.1 Too quickly, try again in 900 seconds");
    replies.refuse([2], "450 4.2.1 Too many mails, try again in 600 seconds");
    const { id } = await mail.send({ to: { list: people(3) } });
    await mail.worker.runQueued();
    const [batch] = await readBatches(db, id);
    assert.ok(batch);
    const other = await addJob(db, org);
    const waits = await readBatchWaits(db, [batch.jobId, other]);
    const wait = waits.get(batch.jobId);
    assert.equal(wait?.reason, "BACKOFF");
    assert.match(wait.text, /450 4\.2\.1 Too many mails/);
    const waitMs = Number(wait.until) - Date.now();
    assert.ok(waitMs > 500_000 && waitMs <= 600_000, `${waitMs}`);
    assert.equal(waits.get(other)?.reason, "LANE_PAUSED");
  },
);

onEveryMail("readBatchWaits() explains the batch of a round that starts later", async (mail) => {
  const { db, smtp } = mail;
  refusals(smtp).refuse([1], "450 4.2.0 Mailbox is busy, try again in 600 seconds");
  const retry = { mode: "AUTO", maxAttempts: 2, backoff: "IMMEDIATE" } as const;
  const { id } = await mail.send({ to: { list: people(1) }, retry });
  await mail.worker.runQueued();
  const round = (await readBatches(db, id)).at(-1);
  assert.equal(round?.number, 2);
  const wait = (await readBatchWaits(db, [round.jobId])).get(round.jobId);
  assert.equal(wait?.reason, "BACKOFF");
  assert.match(wait.text, /450 4\.2\.0 Mailbox is busy/);
});
