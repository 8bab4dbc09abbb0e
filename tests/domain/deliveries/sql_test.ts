import assert from "node:assert/strict";
import { statement } from "../../../src/db/database.ts";
import { bounced } from "../../../src/domain/deliveries/feedback.ts";
import { listDeliveries } from "../../../src/domain/deliveries/list.ts";
import { readErrorTypes, readStats } from "../../../src/domain/deliveries/stats.ts";
import { cancelMessage } from "../../../src/domain/messages/cancel.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { idsOf } from "../../support/retries.ts";

const SUMMARY = statement<[], { errorType: string; failed: number; retryable: number }>(
  "test.summary",
  `select error_type as "errorType", failed_count as failed, retryable_count as retryable
   from failed_deliveries_summary order by 1`,
);
const RETRYABLE = statement<[messageId: string, maxAttempts: number], { address: string }>(
  "test.retryableRecipients",
  "select recipient_address as address from retryable_recipients($1, $2)",
);
const REPLIES: Readonly<Record<string, string>> = {
  "person1@example.net": "550 5.1.1 No such user",
  "person2@example.net": "450 4.2.1 Mailbox busy",
  "person3@example.net": "450 4.2.1 Mailbox busy",
};

onEveryMail(
  "failed_deliveries_summary and retryable_recipients() show failed deliveries",
  async ({ db, worker, send }) => {
    const { id } = await send({ to: { list: people(5) } });
    await worker.runQueued();
    assert.deepEqual(await db.run(SUMMARY), [
      { errorType: "INVALID_RECIPIENT", failed: 3, retryable: 2 },
    ]);
    assert.deepEqual(await db.run(RETRYABLE, id, 2), [
      { address: "person2@example.net" },
      { address: "person3@example.net" },
    ]);
    assert.deepEqual(await db.run(RETRYABLE, id, 1), []);
  },
  () => ({ reject: (address) => REPLIES[address] ?? null }),
);

onEveryMail(
  "listDeliveries(), readStats() and the SQL functions show no retryable delivery of a cancelled message",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ to: { list: people(101) } });
    worker.start(await worker.claim(1));
    await worker.untilIdle();
    const retryable = async () => {
      const filter = { messageId: id, retryable: true };
      const { edges } = await listDeliveries(services, admin, filter, "CREATED_ASC", {});
      return [
        edges.length,
        (await readStats(db, [id])).get(id)?.retryable,
        (await readErrorTypes(db, [id]))[0]?.retryable,
        (await db.run(SUMMARY))[0]?.retryable,
        (await db.run(RETRYABLE, id, 3)).length,
      ];
    };
    assert.deepEqual(await retryable(), [2, 2, 2, 2, 2]);
    await cancelMessage(services, admin, id);
    assert.deepEqual(await retryable(), [0, 0, 0, 0, 0]);
    await worker.runQueued();
  },
  () => ({ reject: (address) => REPLIES[address] ?? null }),
);

onEveryMail(
  "failed_deliveries_summary and retryable_recipients() show bounced deliveries",
  async (mail) => {
    const { db, services, worker, send } = mail;
    const { id } = await send({ to: { list: people(3) } });
    await worker.runQueued();
    const [first = "", second = ""] = await idsOf(mail, id);
    const feedback = [
      bounced(first, {
        type: "NETWORK",
        disposition: "retry",
        status: "4.4.7",
        reason: null,
        text: "Expired",
      }),
      bounced(second, {
        type: "INVALID_RECIPIENT",
        disposition: "suppress",
        status: "5.1.1",
        reason: null,
        text: "Unknown",
      }),
    ];
    await recordEvent(services, { source: "ses", id: "1", feedback });
    assert.deepEqual(await db.run(SUMMARY), [
      { errorType: "INVALID_RECIPIENT", failed: 1, retryable: 0 },
      { errorType: "NETWORK", failed: 1, retryable: 1 },
    ]);
    assert.deepEqual(await db.run(RETRYABLE, id, 2), [{ address: "person1@example.net" }]);
    assert.deepEqual(await db.run(RETRYABLE, id, 1), []);
  },
);
