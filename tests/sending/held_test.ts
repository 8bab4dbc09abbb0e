import assert from "node:assert/strict";
import type { Obstacle, SendResult } from "../../src/channels/channel.ts";
import type { ChannelSlot } from "../../src/sending/provider_pool.ts";
import { onEveryMail } from "../support/mail.ts";
import { makeDue, startMailWorker } from "../support/mail_worker.ts";
import { people, readBatches, readDeliveries, readStatus, tally } from "../support/messages.ts";
import { interceptStatement } from "../support/worker.ts";

const obstacle: Obstacle = {
  providers: [],
  error: {
    type: "RATE_LIMIT",
    disposition: "retry",
    code: "421 4.7.0",
    message: "Too many",
    retryAfterMs: 1_000,
    beforeRecipient: true,
  },
};

onEveryMail("BatchSender lists no held delivery as in flight at the end of a run", async (mail) => {
  const { db, services, channel, send } = mail;
  const { id } = await send({ to: { list: people(10) } });
  const second = Promise.withResolvers<SendResult>();
  let throttled = true;
  const throttling: ChannelSlot["channel"] = {
    obstacle: null,
    send(outgoing, options) {
      if (!throttled) return channel.send(outgoing, options);
      if (outgoing.to.address.startsWith("person2@")) return second.promise;
      const { error } = obstacle;
      return Promise.resolve({ outcome: "failed", provider: "mail", error, obstacle });
    },
  };
  // The result of the second recipient arrives while the step is written that lists only this delivery.
  const sending = interceptStatement(services, "deliveries.step", async (run) => {
    const rows = await run();
    const [batch] = await readBatches(db, id);
    if (batch?.win?.join() === "2") {
      second.resolve({ outcome: "held", obstacle });
      await new Promise((resolve) => setTimeout(resolve));
    }
    return rows;
  });
  const worker = await startMailWorker(sending, { channel: throttling, window: 2 });
  await worker.runQueued();
  const [batch] = await readBatches(db, id);
  assert.deepEqual([batch?.win, batch?.jobStatus], [null, "SCHEDULED"]);

  throttled = false;
  await makeDue(services);
  await worker.runQueued();
  assert.equal(await readStatus(db, id), "SENT");
  const tries = (await readDeliveries(db, id)).map(({ status, tries }) => `${status} ${tries}`);
  assert.deepEqual(tally(tries), { "SENT 2": 1, "SENT 1": 9 });
});
