import assert from "node:assert/strict";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { onEveryMail } from "../support/mail.ts";
import { people, readDeliveries, tally } from "../support/messages.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { until } from "../support/until.ts";

const WINDOW = 4;

onEveryMail(
  "a worker that stops records what was answered, and does not wait for the others",
  async ({ db, worker, startWorker, smtp, send }) => {
    const hold = holdReplies(smtp);
    const { id } = await send({ to: { list: people(10) } });
    worker.start(await worker.claim());
    await hold.untilWaiting(WINDOW);
    try {
      hold.release(1);
      const sent = async () => (await readStats(db, [id])).get(id)?.sent;
      // The others are never answered: the process ends with them.
      worker.abort("stopping");
      await until("the one that was answered is recorded", async () => await sent() === 1, 3_000);
      await worker.die();
      const other = await startWorker();
      other.start(await other.claim());
      await hold.untilWaiting(2 * WINDOW - 1);
    } finally {
      hold.disable();
    }
    await worker.rest();
    await until("the other worker is done", async () => {
      const rows = await readDeliveries(db, id);
      return rows.every(({ status }) => status !== "PENDING");
    });
    const rows = await readDeliveries(db, id);
    assert.deepEqual(tally(rows.map(({ status }) => status)), { UNKNOWN: 3, SENT: 7 });
  },
  () => ({ window: WINDOW }),
);
