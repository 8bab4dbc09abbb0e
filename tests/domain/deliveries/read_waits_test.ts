import assert from "node:assert/strict";
import { readDeliveryWaits } from "../../../src/domain/deliveries/read_waits.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import type { WaitingFor } from "../../../src/domain/waiting.ts";
import { addWorker } from "../../support/jobs.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { messageInput, people } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { idsOf, refusals } from "../../support/retries.ts";

/** Waits of the deliveries of a message, by position from 1; undefined: none. */
async function waitsOf(mail: TestMail, id: string): Promise<(WaitingFor | undefined)[]> {
  const ids = await idsOf(mail, id);
  const waits = await readDeliveryWaits(mail.db, ids);
  return [undefined, ...ids.map((id) => waits.get(id))];
}

function summaryOf(wait: WaitingFor | undefined) {
  return wait && [wait.reason, wait.position];
}

onEveryMail("readDeliveryWaits() explains each stage of a message", async (mail) => {
  const { services, organization: { admin }, worker, smtp } = mail;
  const hold = holdReplies(smtp);
  const input = messageInput({ to: { list: people(150) } });
  const { message: { id } } = await sendMessage(services, admin, input);
  assert.deepEqual(summaryOf((await waitsOf(mail, id))[150]), ["LANE_PAUSED", null]);
  await addWorker(services, { BULK: 4 });
  assert.deepEqual(summaryOf((await waitsOf(mail, id))[150]), ["BEHIND", 0], "planning is next");

  const planning = await worker.claim(1);
  const planned = await waitsOf(mail, id);
  assert.deepEqual(summaryOf(planned[1]), ["BEHIND", 0]);
  assert.deepEqual(summaryOf(planned[150]), ["BEHIND", 149], "149 recipients are planned first");

  worker.start(planning);
  await worker.untilIdle();
  const queued = await waitsOf(mail, id);
  assert.deepEqual(summaryOf(queued[100]), ["BEHIND", 0], "the first batch is next");
  assert.deepEqual(summaryOf(queued[101]), ["BEHIND", 1], "one job is before the second batch");

  worker.start(await worker.claim(1));
  await hold.untilWaiting(4);
  const sending = await waitsOf(mail, id);
  assert.equal(sending[4], undefined, "SENDING");
  assert.deepEqual(summaryOf(sending[5]), ["BEHIND", 0]);
  assert.deepEqual(summaryOf(sending[10]), ["BEHIND", 5]);
  assert.deepEqual(summaryOf(sending[101]), ["BEHIND", 0]);

  hold.disable();
  await worker.untilIdle();
  assert.equal((await waitsOf(mail, id))[1], undefined, "SENT");
  await cancelMessage(services, admin, id);
  assert.equal((await waitsOf(mail, id))[150], undefined, "CANCELLED");
});

onEveryMail(
  "readDeliveryWaits() explains the pause and the later start of a message",
  async (mail) => {
    const { services, organization: { admin } } = mail;
    const sendAt = new Date("2040-01-01T09:00:00Z");
    const { message: { id } } = await sendMessage(services, admin, messageInput({ sendAt }));
    const [, scheduled] = await waitsOf(mail, id);
    assert.deepEqual([scheduled?.reason, scheduled?.until], ["NOT_DUE", sendAt]);
    await pauseMessage(services, admin, id);
    const [, paused] = await waitsOf(mail, id);
    assert.equal(paused?.reason, "PAUSED");
    assert.match(paused.text, /^Paused by a person since /);
    await resumeMessage(services, admin, id);
    await cancelMessage(services, admin, id);
  },
);

onEveryMail(
  "readDeliveryWaits() names the provider whose reply delays a delivery, and the reply",
  async (mail) => {
    const { db, smtp } = mail;
    const [provider] = await registerProviders({ db }, [
      { channel: "EMAIL", name: `127.0.0.1:${smtp.port}`, perSecond: null },
    ]);
    const replies = refusals(smtp);
    replies.refuse([1], "451 4.3.0 Try again in 600 seconds");
    replies.refuse([2], "450 4.2.1 Mailbox receives mail too quickly, try again in 600 seconds");
    for (
      const [recipient, reason, text] of [
        [people(1), "BACKOFF", /before attempt 2, .* failed at provider .*: 451 4.3.0 Try again/],
        [people(2).slice(1), "BACKOFF", /was throttled at provider .*: 450 4.2.1 Mailbox/],
      ] as const
    ) {
      const retry = { mode: "AUTO", maxAttempts: 3 } as const;
      const { id } = await mail.send({ to: { list: recipient }, retry });
      await mail.worker.runQueued();
      const [, wait] = await waitsOf(mail, id);
      assert.deepEqual([wait?.reason, wait?.providerId], [reason, provider?.id]);
      assert.match(wait?.text ?? "", text);
      const waitMs = Number(wait?.until) - Date.now();
      assert.ok(waitMs > 500_000 && waitMs <= 600_000, `${waitMs}`);
    }
  },
);
