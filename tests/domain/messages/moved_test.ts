import assert from "node:assert/strict";
import { type Connection, statement } from "../../../src/db/database.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { updateMessage } from "../../../src/domain/messages/update.ts";
import { onPostgresMail } from "../../support/mail.ts";
import { readStatus } from "../../support/messages.ts";
import { until } from "../../support/until.ts";

const PLANNING = statement<[], { id: string }>(
  "test.planning",
  "select id from jobs where kind = 'PLAN_MESSAGE'",
);
const LOCK = statement<[id: string]>("test.lock", "select from messages where id = $1 for update");
const WAITING = statement<[], { count: number }>(
  "test.waiting",
  `select count(*) from pg_stat_activity
   where datname = current_database() and wait_event_type = 'Lock'`,
);

function untilWaiting(db: Connection, count: number): Promise<boolean> {
  return until(`${count} statements wait for a lock`, async () => {
    return (await db.run(WAITING))[0]?.count === count;
  });
}

onPostgresMail(
  "updateMessage() sends a message at once whose planning job is being parked",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ sendAt: new Date(Date.now() + 24 * 60 * 60_000) });
    const [job] = await db.run(PLANNING);
    await retryJob(services, admin, job?.id ?? "");
    let updating: Promise<unknown> | undefined;
    // Locks are granted in the order of the requests: planning reads the old time, the update commits, and
    // planning parks its job.
    await db.transaction(async (tx) => {
      await tx.run(LOCK, id);
      worker.start(await worker.claim());
      await untilWaiting(db, 1);
      updating = updateMessage(services, admin, id, { sendAt: null });
      await untilWaiting(db, 2);
    });
    await updating;
    await worker.untilIdle();
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);
