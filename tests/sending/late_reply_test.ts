import assert from "node:assert/strict";
import { DEFAULT_TIMEOUTS } from "../../src/channels/email/smtp_connection.ts";
import { onEveryMail } from "../support/mail.ts";
import { people, personAt, readDeliveries, readStatus } from "../support/messages.ts";
import { holdReplies } from "../support/reply_hold.ts";
import { until } from "../support/until.ts";

const LATE = personAt(2);
const SETTINGS = () => ({ window: 4, timeouts: { ...DEFAULT_TIMEOUTS, answer: 1_000 } });

onEveryMail("a batch continues while one mail waits for a late reply, which makes it SENT", async ({
  db,
  smtp,
  worker,
  send,
}) => {
  const hold = holdReplies(smtp, (address) => address === LATE);
  const { id } = await send({ to: { list: people(20) } });
  await worker.runQueued();
  const late = (await readDeliveries(db, id)).find(({ address }) => address === LATE);
  assert.deepEqual([late?.status, late?.errorType, late?.errorCode], [
    "UNKNOWN",
    "NETWORK",
    "ETIMEDOUT",
  ]);
  assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  hold.release(1);
  await until("the message is SENT", async () => await readStatus(db, id) === "SENT");
}, SETTINGS);

onEveryMail("a late refusal makes an UNKNOWN delivery BOUNCED", async ({
  db,
  smtp,
  worker,
  send,
}) => {
  const hold = holdReplies(smtp, (address) => address === LATE);
  smtp.replies.rejectMail = (address) => address === LATE ? "552 5.3.4 Too big" : null;
  const { id } = await send({ to: { list: people(3) } });
  await worker.runQueued();
  hold.release(1);
  const late = await until(
    "the delivery is BOUNCED",
    async () => (await readDeliveries(db, id)).find(({ status }) => status === "BOUNCED"),
  );
  assert.deepEqual([late.address, late.errorType, late.retryable], [LATE, "OTHER", false]);
  assert.match(late.errorCode ?? "", /^552/);
}, SETTINGS);
