import assert from "node:assert/strict";
import { type Database, statement } from "../../../src/db/database.ts";
import { retryJob } from "../../../src/domain/jobs/operations.ts";
import { updateMessage } from "../../../src/domain/messages/update.ts";
import { onEveryMail } from "../../support/mail.ts";
import { startMailWorker } from "../../support/mail_worker.ts";
import { readStatus } from "../../support/messages.ts";

const PLANNING = statement<[], { id: string }>(
  "test.planning",
  "select id from jobs where kind = 'PLAN_MESSAGE'",
);

onEveryMail(
  "a message that is moved while its planning lies down goes out at the new time",
  async (mail) => {
    const { db, services, organization: { admin }, channel, send } = mail;
    const { id } = await send({ sendAt: new Date(Date.now() + 24 * 60 * 60_000) });
    // Its planning wakes up, and finds that it is not time yet.
    const [job] = await db.run(PLANNING);
    await retryJob(services, admin, job?.id ?? "");
    let moved = false;
    const transaction: Database["transaction"] = async (work) => {
      const result = await db.transaction(work);
      if (!moved) {
        moved = true;
        await updateMessage(services, admin, id, { sendAt: null });
      }
      return result;
    };
    const worker = await startMailWorker({ ...services, db: { ...db, transaction } }, { channel });
    await worker.runQueued();
    assert.equal(await readStatus(db, id), "SENT");
  },
);
