import assert from "node:assert/strict";
import { onEveryMail } from "../support/mail.ts";
import { makeDue, startMailWorker } from "../support/mail_worker.ts";
import { people, readDeliveries, tally } from "../support/messages.ts";
import { interceptStatement } from "../support/worker.ts";

onEveryMail(
  "Nothing is sent while the suppression list cannot be read, and no attempt is used",
  async ({ db, services, channel, send, smtp }) => {
    const { id } = await send({ to: { list: people(3) } });
    let fails = true;
    const failing = interceptStatement(services, "suppressions.findSuppressed", (run) => {
      if (fails) throw new Error("connection lost");
      return run();
    });
    const worker = await startMailWorker(failing, { channel });
    worker.start(await worker.claim());
    await worker.untilIdle();
    const states = async () =>
      tally((await readDeliveries(db, id)).map(({ status, attempt }) => `${status} ${attempt}`));
    assert.deepEqual(await states(), { "PENDING 0": 3 });
    assert.equal(smtp.received.length, 0);
    fails = false;
    await makeDue(services);
    await worker.runQueued();
    assert.deepEqual(await states(), { "SENT 1": 3 });
    assert.equal(smtp.received.length, 3);
  },
);
