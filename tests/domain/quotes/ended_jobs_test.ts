import assert from "node:assert/strict";
import { toTypeId } from "../../../src/domain/id.ts";
import { cancelJob } from "../../../src/domain/jobs/cancel.ts";
import { claimJobs, promoteDueJobs } from "../../../src/domain/jobs/claim.ts";
import { SLOT_SIZE } from "../../../src/domain/jobs/lane.ts";
import { rescueOrphans } from "../../../src/domain/jobs/lease.ts";
import { retryJob } from "../../../src/domain/jobs/retry.ts";
import { sweepQuotes } from "../../../src/domain/quotes/ended_jobs.ts";
import { processPending } from "../../../src/domain/quotes/process.ts";
import { beginProcessing } from "../../../src/domain/quotes/processing.ts";
import type { Quote } from "../../../src/domain/quotes/quote.ts";
import { addWorker, expireLease, makeDue } from "../../support/jobs.ts";
import { ESTIMATE, onEveryQuotes, type TestQuotes } from "../../support/quotes.ts";
import { until } from "../../support/until.ts";

/** Creates a quote whose job is cancelled while it waits. */
async function createCancelled({ create, services, organization }: TestQuotes): Promise<Quote> {
  const quote = await create();
  await cancelJob(services, organization.admin, quote.jobId ?? "");
  return quote;
}

/** Lets a worker begin to process the quote and die. */
async function crash({ db, services, organization }: TestQuotes, quote: Quote): Promise<void> {
  await makeDue(db);
  await promoteDueJobs(services, 100);
  const workerId = await addWorker(services);
  const [job] = await claimJobs(services, workerId, [{
    lane: "AI",
    organizationId: organization.id,
    topic: "PROCESS_QUOTE",
    size: SLOT_SIZE,
    count: 1,
  }]);
  assert.ok(job);
  const { id: jobId, organizationId, fence } = job;
  await beginProcessing(services, { organizationId, quoteId: quote.id, jobId, fence });
  await expireLease(db, workerId);
  await rescueOrphans(services);
}

const RUNS: Readonly<Record<string, (quotes: TestQuotes) => Promise<unknown>>> = {
  "the schedule process-quotes": ({ services }) => processPending(services, null, 20),
  "processQuotes without quotes": ({ process }) => process(),
};

for (const [name, run] of Object.entries(RUNS)) {
  onEveryQuotes(
    `${name} fails a quote whose waiting job was cancelled, and does not queue it again`,
    {},
    async (quotes) => {
      const { read, worker, model } = quotes;
      const quote = await createCancelled(quotes);
      await run(quotes);
      await worker.runQueued();

      const { status, errorType, errorMessage } = await read(quote);
      assert.deepEqual([status, errorType, errorMessage], [
        "AI_ERROR",
        "CANCELLED",
        "The processing was cancelled",
      ]);
      assert.equal(model.asks.length, 0);
    },
  );
}

onEveryQuotes(
  "a quote whose waiting job was cancelled is processed by id, also before a sweep",
  {},
  async (quotes) => {
    const { read, process, worker } = quotes;
    const quote = await createCancelled(quotes);
    await process({ quoteIds: [toTypeId("quote", quote.id)] });
    await worker.runQueued();
    assert.equal((await read(quote)).status, "AI_QUOTED");
  },
);

onEveryQuotes(
  "a sweep publishes the quotes that it fails, and retryJob processes them",
  {},
  async (quotes) => {
    const { read, services, organization, worker } = quotes;
    const quote = await createCancelled(quotes);
    const changed: string[] = [];
    services.bus.subscribe("quotes", ({ ids }) => changed.push(...ids ?? []));
    await sweepQuotes(services);
    await until("the quote is published", () => changed.includes(quote.id));
    assert.equal((await read(quote)).status, "AI_ERROR");

    await retryJob(services, organization.admin, quote.jobId ?? "");
    await sweepQuotes(services);
    await worker.runQueued();
    assert.equal((await read(quote)).status, "AI_QUOTED");
  },
);

onEveryQuotes(
  "a quote whose job was cancelled between two attempts fails, and one that waits for its job stays",
  { reply: () => ({ status: 500, error: { message: "Server error" } }) },
  async (quotes) => {
    const { create, read, services, organization, worker, model } = quotes;
    const quote = await create();
    await worker.runQueued();
    model.settings.reply = () => ESTIMATE;
    const waiting = await create();
    await cancelJob(services, organization.admin, quote.jobId ?? "");
    await sweepQuotes(services);
    assert.equal((await read(quote)).status, "AI_ERROR");
    assert.equal((await read(waiting)).status, "PENDING");
  },
);

onEveryQuotes(
  "a quote whose job was set aside after crashes fails with its error, instead of being queued again",
  {},
  async (quotes) => {
    const { create, read, services } = quotes;
    const quote = await create();
    for (let crashes = 0; crashes < 3; crashes++) await crash(quotes, quote);
    assert.equal((await read(quote)).status, "AI_PROCESSING");
    await sweepQuotes(services);
    const { status, errorType, lockToken } = await read(quote);
    assert.deepEqual([status, errorType, lockToken], ["AI_ERROR", "CRASHED", null]);
  },
);
