import assert from "node:assert/strict";
import { toTypeId } from "../../src/domain/id.ts";
import { readJobs } from "../support/jobs.ts";
import { onPostgres } from "../support/database.ts";
import { request, startProgram } from "../support/program.ts";
import { withQuoteProcesses } from "../support/quote_processes.ts";

const CLIENTS = 10;
const PROCESS = `mutation ($id: ID!) {
  processQuotes(input: { quoteIds: [$id] }) {
    ... on ProcessQuotesPayload { quotes { id } skipped { reason } }
    ... on Error { reason }
  }
}`;
const START = `mutation ($payload: JSONObject!) {
  startJob(input: { kind: PROCESS_QUOTE, payload: $payload }) {
    ... on StartJobPayload { created }
    ... on Error { reason }
  }
}`;

function fromEachClient<T>(send: () => Promise<T>): Promise<T[]> {
  return Promise.all(Array.from({ length: CLIENTS }, send));
}

onPostgres(
  "a quote that ten clients process at once is processed and mailed once",
  async (database) => {
    await withQuoteProcesses(database, async (given) => {
      const { create, start, settings, model, untilMailed, db } = given;
      await using program = await startServer({ ...settings, DATABASE_URL: database.url });
      const quote = await create({ process: false });
      const id = toTypeId("quote", quote.id);
      await start();
      await start();

      const results = await fromEachClient(() =>
        request<{ processQuotes: { quotes: unknown[]; skipped: { reason: string }[] } }>(
          program,
          PROCESS,
          { id },
        )
      );
      assert.equal(results.flatMap(({ processQuotes }) => processQuotes.quotes).length, 1);
      const reasons = results.flatMap(({ processQuotes }) => processQuotes.skipped);
      assert.equal(reasons.length, CLIENTS - 1);

      const { status, jobId } = await untilMailed(quote);
      assert.equal(status, "AI_QUOTED");
      assert.equal(model.asks.length, 1);
      const [job] = await readJobs(db, [jobId ?? ""]);
      assert.equal(job?.status, "COMPLETED");
    });
  },
);

onPostgres("ten jobs for one quote ask the model once, and mail once", async (database) => {
  await withQuoteProcesses(database, async (given) => {
    const { create, start, settings, model, untilMailed } = given;
    await using program = await startServer({ ...settings, DATABASE_URL: database.url });
    const quote = await create({ process: false });
    const payload = { quoteId: toTypeId("quote", quote.id) };
    await start();
    await start();
    model.settings.delayMs = 500;
    const started = await fromEachClient(() =>
      request<{ startJob: { created: boolean } }>(program, START, { payload })
    );
    assert.ok(started.every(({ startJob }) => startJob.created));

    assert.equal((await untilMailed(quote)).status, "AI_QUOTED");
    assert.equal(model.asks.length, 1);
  });
});

async function startServer(settings: Readonly<Record<string, string>>) {
  const program = await startProgram(settings);
  return { ...program, [Symbol.asyncDispose]: async () => void await program.stop() };
}
