import assert from "node:assert/strict";
import { statement } from "../../src/db/database.ts";
import { logOf } from "../support/log.ts";
import { onPostgresMail } from "../support/mail.ts";
import { people } from "../support/messages.ts";
import { refusals } from "../support/retries.ts";

const SET_ADDRESS = statement<[from: string, to: string]>(
  "test.setAddress",
  "update deliveries set address = $2 where address = $1",
);

onPostgresMail(
  "BatchSender logs a delivery that is PENDING again as DEFERRED, not FAILED",
  async ({ worker, send, smtp }) => {
    const replies = refusals(smtp);
    replies.refuse([1], "450 4.7.1 Greylisted, try again in 60 s");
    replies.refuse([2], "550 5.7.1 Not from you");
    const lines = await logOf(async () => {
      await send({ to: { list: people(3) } });
      await worker.runQueued();
    });
    const outcomes = lines.flatMap((line) => /^Delivery .*: (\w+, \w+)/.exec(line)?.[1] ?? []);
    assert.deepEqual(outcomes.toSorted(), ["DEFERRED, RATE_LIMIT", "FAILED, PERMISSION"]);
    assert.ok(!lines.some((line) => line.includes("snooze")), "an outage does not fill the log");
  },
);

onPostgresMail(
  "BatchSender logs no address of a delivery that is not sent",
  async ({ db, worker, send, smtp }) => {
    refusals(smtp).refuse([1], "550 5.1.1 <person1@example.net>: user unknown");
    const lines = await logOf(async () => {
      await send({ to: { list: people(2) } });
      await db.run(SET_ADDRESS, "person2@example.net", "person 2@example.net");
      await worker.runQueued();
    }, "debug");
    const texts = lines.flatMap((line) =>
      /^Delivery .*(INVALID_RECIPIENT.*)$/.exec(line)?.[1] ?? []
    );
    assert.deepEqual(texts.toSorted(), [
      "INVALID_RECIPIENT 550 5.1.1: 550 5.1.1 <…>: user unknown",
      'INVALID_RECIPIENT : Cannot send to "…": it is not an email address',
    ]);
    assert.doesNotMatch(lines.join("\n"), /person|example\.net/);
  },
);

onPostgresMail(
  "A snooze is logged for debugging, with its delay",
  async ({ worker, send, smtp }) => {
    refusals(smtp).refuse([1], "450 4.7.1 Greylisted, try again in 60 s");
    const lines = await logOf(async () => {
      await send({ to: { list: people(1) } });
      await worker.runQueued();
    }, "debug");
    const [job] = lines.flatMap((line) => /^Job SEND_BATCH .*: (snooze.*)$/.exec(line)?.[1] ?? []);
    assert.match(job ?? "", /^snooze for (59|60) s, after \d+ ms$/);
  },
);
