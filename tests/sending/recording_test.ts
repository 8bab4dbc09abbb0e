import assert from "node:assert/strict";
import { readStats } from "../../src/domain/deliveries/stats.ts";
import { onEveryMail } from "../support/mail.ts";
import { people, personAt, readDeliveries, tally } from "../support/messages.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { until } from "../support/until.ts";

const SOON_MS = 5_000;

onEveryMail(
  "BatchSender records finished deliveries while another one hangs",
  async (mail) => {
    const { db, worker, startWorker, smtp, send } = mail;
    const hold = holdReplies(smtp, (address) => address === personAt(2));
    try {
      const { id } = await send({ to: { list: people(3) } });
      worker.start(await worker.claim());
      await hold.untilWaiting(1);
      const statsOf = async () => (await readStats(db, [id])).get(id);
      await until(
        "the other deliveries are SENT",
        async () => (await statsOf())?.sent === 2,
        SOON_MS,
      );
      assert.equal((await statsOf())?.sending, 1);

      await worker.loseLease();
      await (await startWorker()).runQueued();
      const rows = await readDeliveries(db, id);
      assert.deepEqual(tally(rows.map(({ status }) => status)), { SENT: 2, UNKNOWN: 1 });
    } finally {
      hold.disable();
    }
  },
  () => ({ window: 8 }),
);
