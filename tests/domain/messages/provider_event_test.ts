import assert from "node:assert/strict";
import { readSeries } from "../../../src/domain/deliveries/analytics.ts";
import { complained } from "../../../src/domain/deliveries/feedback.ts";
import {
  readEffectiveness,
  readErrorTypes,
  readStats,
} from "../../../src/domain/deliveries/stats.ts";
import { newId } from "../../../src/domain/id.ts";
import { recordEvent } from "../../../src/domain/messages/provider_event.ts";
import { retryDeliveries } from "../../../src/domain/messages/retry.ts";
import { bounce, event, fullMailbox } from "../../support/feedback.ts";
import { logOf } from "../../support/log.ts";
import { onEveryMail } from "../../support/mail.ts";
import { people, readDeliveries, readStatus } from "../../support/messages.ts";
import { idsOf, statesOf } from "../../support/retries.ts";

onEveryMail("recordEvent() ignores an event without a known delivery", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({ to: { list: people(1) } });
  await worker.runQueued();
  const lines = await logOf(async () => {
    assert.equal(await recordEvent(services, event()), "ignored");
    assert.equal(await recordEvent(services, event(complained(newId(), null))), "ignored");
  });
  assert.deepEqual(lines, [
    "Ignored an event of test: it reports no delivery, bounce or complaint",
    "Ignored an event of test: it names no known delivery",
  ]);
  const [delivery = ""] = await idsOf(mail, id);
  assert.deepEqual(await statesOf(db, id), ["SENT 1"]);
  assert.equal(await recordEvent(services, event(complained(delivery, null))), "recorded");
  assert.deepEqual(await statesOf(db, id), ["COMPLAINED 1"]);
});

onEveryMail(
  "recordEvent() starts a round at once in retry mode AUTO with backoff IMMEDIATE",
  async (mail) => {
    const { db, services, worker, send } = mail;
    const retry = { mode: "AUTO", maxAttempts: 2, backoff: "IMMEDIATE" } as const;
    const { id } = await send({ to: { list: people(2) }, retry });
    await worker.runQueued();
    const [delivery = ""] = await idsOf(mail, id);
    const recordBounce = () => recordEvent(services, event(bounce(delivery, false)));
    await recordBounce();
    assert.deepEqual(await statesOf(db, id), ["PENDING 1", "SENT 1"]);
    assert.equal(await readStatus(db, id), "SENDING");
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["SENT 2", "SENT 1"]);
    assert.equal(await readStatus(db, id), "SENT");
    await recordBounce();
    assert.deepEqual(await statesOf(db, id), ["BOUNCED 2", "SENT 1"]);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
  },
);

onEveryMail(
  "recordEvent() replaces a retryable bounce by a permanent one or a complaint",
  async (mail) => {
    const { db, services, organization: { admin }, worker, send } = mail;
    const { id } = await send({ to: { list: people(4) } });
    await worker.runQueued();
    const [one = "", two = "", three = ""] = await idsOf(mail, id);
    for (const delivery of [one, two, three]) {
      await recordEvent(services, event(bounce(delivery, false)));
    }
    await recordEvent(services, event(bounce(one, true)));
    await recordEvent(services, event(complained(two, null)));
    // These events change nothing, because they are no worse than the recorded state.
    await recordEvent(services, event(bounce(one, false)));
    await recordEvent(services, event(bounce(three, false)));

    const rows = await readDeliveries(db, id);
    assert.deepEqual(
      rows.map(({ status, errorCode, retryable }) => [status, errorCode, retryable]),
      [
        ["BOUNCED", "5.1.1", false],
        ["COMPLAINED", null, false],
        ["BOUNCED", "4.2.0", true],
        ["SENT", null, false],
      ],
    );
    const stats = (await readStats(db, [id])).get(id);
    assert.deepEqual(
      [stats?.sent, stats?.bounced, stats?.complained, stats?.retryable],
      [1, 2, 1, 1],
    );
    const types = await readErrorTypes(db, [id]);
    assert.deepEqual(
      types.map(({ errorType, count, retryable }) => [errorType, count, retryable]),
      [
        ["INVALID_RECIPIENT", 2, 1],
        ["PERMISSION", 1, 0],
      ],
    );
    assert.deepEqual(
      (await readEffectiveness(db, [id])).map(({ sent, failed }) => [sent, failed]),
      [
        [4, 0],
      ],
    );
    const now = Date.now();
    const period = { from: new Date(now - 60 * 60_000), to: new Date(now + 60_000) };
    const series = await readSeries(services, admin, period, "HOUR", "UTC");
    assert.equal(series.reduce((sum, { bounced }) => sum + bounced, 0), 2);
    assert.equal(await readStatus(db, id), "PARTIALLY_SENT");
    await retryDeliveries(services, admin, { filter: { messageId: id }, force: false });
    await worker.runQueued();
    assert.deepEqual(await statesOf(db, id), ["BOUNCED 1", "COMPLAINED 1", "SENT 2", "SENT 1"]);
  },
);

onEveryMail(
  "recordEvent() retries after bounces of a full mailbox up to its third attempt",
  async (mail) => {
    const { db, services, worker, send } = mail;
    const retry = { mode: "AUTO", maxAttempts: 10, backoff: "IMMEDIATE" } as const;
    const { id } = await send({ to: { list: people(1) }, retry });
    await worker.runQueued();
    const [delivery = ""] = await idsOf(mail, id);
    for (let times = 0; times < 4; times++) {
      await recordEvent(services, event(fullMailbox(delivery)));
      await worker.runQueued();
    }
    const [row] = await readDeliveries(db, id);
    assert.deepEqual([row?.status, row?.attempt, row?.retryable], ["BOUNCED", 3, false]);
  },
);

onEveryMail("recordEvent() starts no round in retry mode MANUAL", async (mail) => {
  const { db, services, worker, send } = mail;
  const { id } = await send({});
  await worker.runQueued();
  const [delivery = ""] = await idsOf(mail, id);
  await recordEvent(services, event(bounce(delivery, false)));
  assert.deepEqual(await statesOf(db, id), ["BOUNCED 1"]);
  assert.equal(await readStatus(db, id), "FAILED");
});
