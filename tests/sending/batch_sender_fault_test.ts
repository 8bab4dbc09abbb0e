import assert from "node:assert/strict";
import type { SendResult } from "../../src/channels/channel.ts";
import type { ChannelSlot } from "../../src/sending/provider_pool.ts";
import { onEveryMail } from "../support/mail.ts";
import { startMailWorker } from "../support/mail_worker.ts";
import { people, readBatches, readDeliveries, readStatus } from "../support/messages.ts";

const BUGS: Record<string, () => Promise<SendResult>> = {
  "person1@example.net": () => Promise.reject(new TypeError("a bug")),
  "person2@example.net": () => {
    throw new TypeError("a bug");
  },
  // A result without its error, which outcomeOf() reads.
  "person3@example.net": () =>
    Promise.resolve({ outcome: "failed", provider: "mail" } as unknown as SendResult),
};

onEveryMail(
  "BatchSender records UNKNOWN for a delivery whose channel throws or returns no error",
  async ({ db, services, channel, send }) => {
    const { id } = await send({ to: { list: people(5) } });
    const buggy: ChannelSlot["channel"] = {
      send: (mail, options) => BUGS[mail.to.address]?.() ?? channel.send(mail, options),
    };
    const worker = await startMailWorker(services, { channel: buggy, window: 2 });
    await worker.runQueued();
    const rows = await readDeliveries(db, id);
    assert.deepEqual(rows.map(({ status, errorCode }) => `${status} ${errorCode ?? ""}`), [
      "UNKNOWN INTERNAL",
      "UNKNOWN INTERNAL",
      "UNKNOWN INTERNAL",
      "SENT ",
      "SENT ",
    ]);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    assert.equal((await readBatches(db, id))[0]?.win, null);
  },
);
