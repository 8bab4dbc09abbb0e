import assert from "node:assert/strict";
import { startJob } from "../../../src/domain/jobs/start.ts";
import { processPending } from "../../../src/domain/quotes/process.ts";
import { releaseStaleLocks } from "../../../src/domain/quotes/stale_locks.ts";
import type { Quote } from "../../../src/domain/quotes/quote.ts";
import { holdAnswers } from "../../support/model_server.ts";
import { ESTIMATE, onEveryQuotes, type TestQuotes } from "../../support/quotes.ts";

/** Creates a quote whose processing began `minutes` ago, and whose model answers when `answer` is called. */
async function processFor(
  { create, worker, model, ageLock }: TestQuotes,
  minutes: number,
): Promise<{ quote: Quote; answer: () => void }> {
  const held = holdAnswers(model);
  const quote = await create();
  worker.start(await worker.claim(1));
  await held.asked;
  await ageLock(quote, minutes);
  return { quote, answer: () => held.answer(ESTIMATE) };
}

const WAYS: Readonly<Record<string, (quotes: TestQuotes) => Promise<unknown>>> = {
  "a run of processQuotes without quotes": ({ process }) => process({ limit: 0 }),
  "a run of the schedule process-quotes": ({ services }) => processPending(services, null, 20),
  "a job of the schedule release-stale-locks": async (quotes) => {
    const { services, organization, startModelWorker } = quotes;
    await startJob(services, organization.admin, { kind: "RELEASE_STALE_LOCKS", payload: {} });
    await (await startModelWorker()).runQueued();
  },
  "releaseStaleLocks": ({ services, organization }) =>
    releaseStaleLocks(services, organization.admin),
};

for (const [way, release] of Object.entries(WAYS)) {
  onEveryQuotes(`${way} releases stale locks only`, {}, async (quotes) => {
    const { read, worker } = quotes;
    const stale = await processFor(quotes, 31);
    const recent = await processFor(quotes, 29);
    await release(quotes);
    const { status, lockToken, lockStale } = await read(stale.quote);
    assert.deepEqual([status, lockToken, lockStale], ["PENDING", null, false]);
    assert.equal((await read(recent.quote)).status, "AI_PROCESSING");

    stale.answer();
    recent.answer();
    await worker.untilIdle();
    assert.equal((await read(stale.quote)).estimate, null);
    assert.equal((await read(recent.quote)).status, "AI_QUOTED");
  });
}

onEveryQuotes(
  "ten runs at once queue each pending quote once",
  {},
  async ({ create, read, services, worker, model }) => {
    const quotes = [];
    for (let n = 0; n < 5; n++) quotes.push(await create({ process: false }));
    const queued = await Promise.all(
      Array.from({ length: 10 }, () => processPending(services, null, 20)),
    );
    assert.equal(queued.reduce((sum, count) => sum + count), 5);
    await worker.runQueued();
    assert.equal(model.asks.length, 5);
    for (const quote of quotes) assert.equal((await read(quote)).status, "AI_QUOTED");
  },
);
