import assert from "node:assert/strict";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { onEveryMail } from "../support/mail.ts";
import { people, readDeliveries, tally } from "../support/messages.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { until } from "../support/until.ts";

const WINDOW = 4;

onEveryMail(
  "BatchSender records finished deliveries within 0.5 s of an abort, and waits for no other",
  async ({ db, worker, startWorker, smtp, send }) => {
    const hold = holdReplies(smtp);
    const { id } = await send({ to: { list: people(10) } });
    worker.start(await worker.claim());
    const other = await startWorker();
    await hold.untilWaiting(WINDOW);
    try {
      hold.release(1);
      const sent = async () => (await readStats(db, [id])).get(id)?.sent;
      // The server does not answer the other deliveries before the process ends.
      worker.abort("stopping");
      await until("the finished delivery is recorded", async () => await sent() === 1, 3_000);
      await worker.loseLease();
      other.start(await other.claim());
      await hold.untilWaiting(2 * WINDOW - 1);
    } finally {
      hold.disable();
    }
    await worker.untilIdle();
    await other.untilIdle();
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status }) => status)), { UNKNOWN: 3, SENT: 7 });
  },
  () => ({ window: WINDOW }),
);
