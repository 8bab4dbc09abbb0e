import assert from "node:assert/strict";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { pause, pauseMessage } from "../../../src/domain/messages/pause.ts";
import { resumeMessage } from "../../../src/domain/messages/resume.ts";
import { sendMessage } from "../../../src/domain/messages/send.ts";
import { readMessageWaits } from "../../../src/domain/messages/waiting.ts";
import { registerProviders } from "../../../src/domain/providers/register.ts";
import type { WaitingFor } from "../../../src/domain/waiting.ts";
import { addJob, addWorker } from "../../support/jobs.ts";
import { onEveryMail, type TestMail } from "../../support/mail.ts";
import { messageInput, people } from "../../support/messages.ts";
import { holdReplies } from "../../support/reply_hold.ts";
import { refusals } from "../../support/retries.ts";

async function waitOf({ db }: TestMail, id: string): Promise<WaitingFor | undefined> {
  return (await readMessageWaits(db, [id])).get(id);
}

onEveryMail("readMessageWaits() explains each stage of a message", async (mail) => {
  const { db, services, organization: { id: org, admin }, worker, smtp } = mail;
  const hold = holdReplies(smtp);
  const input = messageInput({ to: { list: people(150) } });
  const { message: { id } } = await sendMessage(services, admin, input);
  assert.equal((await waitOf(mail, id))?.reason, "LANE_PAUSED");
  await addWorker(services, { BULK: 1 });
  assert.equal(await waitOf(mail, id), undefined, "its planning is about to be claimed");

  const planning = await worker.claim(1);
  assert.equal(await waitOf(mail, id), undefined, "it is being planned");
  worker.start(planning);
  await worker.untilIdle();
  await addJob(db, org, { topic: "newsletter", priority: 9 });
  const behind = await waitOf(mail, id);
  assert.deepEqual([behind?.reason, behind?.position], ["BEHIND", 1]);

  await worker.claim(1);
  worker.start(await worker.claim(1));
  await hold.untilWaiting(4);
  assert.equal(await waitOf(mail, id), undefined, "one of its batches is being sent");
  hold.disable();
  await worker.untilIdle();
  await cancelMessage(services, admin, id);
  assert.equal(await waitOf(mail, id), undefined, "it has ended");
});

onEveryMail(
  "readMessageWaits() explains a later start, and a pause by a person and by a provider",
  async (mail) => {
    const { db, services, organization: { admin } } = mail;
    const sendAt = new Date("2040-01-01T09:00:00Z");
    const { message } = await sendMessage(services, admin, messageInput({ sendAt }));
    const scheduled = await waitOf(mail, message.id);
    assert.deepEqual([scheduled?.reason, scheduled?.until], ["NOT_DUE", sendAt]);

    await pauseMessage(services, admin, message.id);
    const paused = await waitOf(mail, message.id);
    assert.equal(paused?.reason, "PAUSED");
    assert.match(paused.text, /^Paused by a person since /);
    await resumeMessage(services, admin, message.id);

    const named = { channel: "EMAIL", name: "smtp.example.com:587", perSecond: null } as const;
    const [provider] = await registerProviders({ db }, [named]);
    assert.ok(provider);
    const reason = "535 5.7.8 Authentication credentials invalid";
    await pause(services, message, { reason, code: "535 5.7.8", providers: [provider] });
    const refused = await waitOf(mail, message.id);
    assert.deepEqual([refused?.reason, refused?.providerId], ["PAUSED", provider.id]);
    assert.match(refused?.text ?? "", /error of provider smtp.example.com:587: 535 5.7.8/);
    await cancelMessage(services, admin, message.id);
  },
);

onEveryMail(
  "readMessageWaits() names the soonest of the times at which its batches continue",
  async (mail) => {
    const { smtp, services, organization: { admin } } = mail;
    const replies = refusals(smtp);
    const wait = (seconds: number) => `450 4.2.1 Too quickly, try again in ${seconds} seconds`;
    for (let n = 1; n <= 100; n++) replies.refuse([n], wait(900));
    for (let n = 101; n <= 150; n++) replies.refuse([n], wait(600));
    const { id } = await mail.send({ to: { list: people(150) } });
    await mail.worker.runQueued();
    const waitMs = Number((await waitOf(mail, id))?.until) - Date.now();
    assert.ok(waitMs > 500_000 && waitMs < 800_000, `${waitMs}`);
    await cancelMessage(services, admin, id);
  },
);
