import assert from "node:assert/strict";
import { logOf } from "../support/log.ts";
import { onPostgresMail } from "../support/mail.ts";
import { people } from "../support/messages.ts";
import { refusals } from "../support/retries.ts";

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
    const [job] = lines.flatMap((line) => /^Job SEND_BATCH .*: (.*)$/.exec(line)?.[1] ?? []);
    assert.match(job ?? "", /^snooze after \d+ ms$/, "the duration of the run, not the delay");
  },
);
