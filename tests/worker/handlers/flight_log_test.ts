import assert from "node:assert/strict";
import { configure, type LogRecord, reset } from "@logtape/logtape";
import { onPostgresMail } from "../../support/mail.ts";
import { people } from "../../support/messages.ts";
import { makeReplies } from "../../support/retries.ts";

/** What the program logs of deliveries and jobs. */
async function watchLog(): Promise<string[]> {
  const lines: string[] = [];
  const note = ({ message }: LogRecord) => void lines.push(message.join(""));
  await configure({
    sinks: { lines: note },
    loggers: [
      { category: ["waybill", "deliveries"], sinks: ["lines"], lowestLevel: "info" },
      { category: ["waybill", "worker"], sinks: ["lines"], lowestLevel: "info" },
      { category: ["logtape", "meta"], sinks: [] },
    ],
  });
  return lines;
}

const replies = makeReplies();

onPostgresMail("the log says FAILED of nobody who still waits", async ({ worker, send }) => {
  const lines = await watchLog();
  try {
    replies.refuse([1], "450 4.7.1 Greylisted, try again in 60 s");
    replies.refuse([2], "550 5.7.1 Not from you");
    await send({ to: { list: people(3) } });
    await worker.runQueued();
  } finally {
    await reset();
  }
  const outcomes = lines.flatMap((line) => /^Delivery .*: (\w+, \w+)/.exec(line)?.[1] ?? []);
  assert.deepEqual(outcomes.toSorted(), ["FAILED, PERMISSION", "PUT_OFF, RATE_LIMIT"]);
  const [job] = lines.flatMap((line) => /^Job SEND_BATCH .*: (.*)$/.exec(line)?.[1] ?? []);
  assert.match(job ?? "", /^snooze after \d+ ms$/, "how long it took, not for how long it waits");
}, replies.settings);
