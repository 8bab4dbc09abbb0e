import assert from "node:assert/strict";
import { type Connection, statement } from "../../src/db/database.ts";
import type { Quote } from "../../src/domain/quotes/quote.ts";
import { onPostgres } from "../support/database.ts";
import { endMailProcess } from "../support/mail_process.ts";
import { holdLock, type QuoteProcesses, withQuoteProcesses } from "../support/quote_processes.ts";
import { holdAnswers } from "../support/model_server.ts";
import { ESTIMATE } from "../support/quotes.ts";

const LOCK_QUOTE = statement<[id: string]>(
  "test.lockQuote",
  "select from quotes where id = $1 for update",
);
const LOCK_JOB = statement<[id: string]>(
  "test.lockJob",
  "select from jobs where id = $1 for update",
);
// Others read the table, but a mail cannot be written.
const LOCK_MESSAGES = statement<[]>(
  "test.lockMessages",
  "lock table messages in exclusive mode",
);

interface Kill {
  /** Takes the lock that the statement waits for. */
  readonly lock: (tx: Connection, quote: Quote) => Promise<unknown>;
  /** Label of the statement during which the process is killed. */
  readonly during: string;
}

/** Creates a quote, and kills the process that has its answer while a statement waits; later answers differ. */
async function killDuring(
  { db, services, model, start, create, untilUnfinished }: QuoteProcesses,
  { lock, during }: Kill,
): Promise<Quote> {
  const question = holdAnswers(model);
  const quote = await create();
  const process = await start();
  await question.asked;
  const held = await holdLock(db, (tx) => lock(tx, quote));
  question.answer(ESTIMATE);
  const backend = await held.blocked(during);
  // A mail that the process is sending when it is killed becomes UNKNOWN, and another test is about that.
  await untilUnfinished(1);
  await process.end("SIGKILL");
  // The database server would run the statement to its end, because it does not notice the death while it waits.
  await held.terminate(backend);
  await held.release();
  model.settings.reply = () => ESTIMATE.replace("Gate", "Second gate");
  await endMailProcess(services, process, "SIGKILL");
  return quote;
}

onPostgres("kill -9 between the model's answer and its recording asks again", async (database) => {
  await withQuoteProcesses(database, async (given) => {
    const { read, start, model, untilMailed } = given;
    const quote = await killDuring(given, {
      lock: (tx, { id }) => tx.run(LOCK_QUOTE, id),
      during: "quoteProcessing.record",
    });
    assert.equal((await read(quote)).estimate, null);

    await start();
    assert.equal((await untilMailed(quote)).estimate?.lineItems[1]?.description, "Second gate");
    assert.equal(model.asks.length, 2);
  });
});

onPostgres("kill -9 between the recording and the mails records neither", async (database) => {
  await withQuoteProcesses(database, async (given) => {
    const { read, start, model, untilMailed } = given;
    const quote = await killDuring(given, {
      lock: (tx) => tx.run(LOCK_MESSAGES),
      during: "messages.sendNow",
    });
    assert.equal((await read(quote)).estimate, null);

    await start();
    assert.equal((await untilMailed(quote)).estimate?.lineItems[1]?.description, "Second gate");
    assert.equal(model.asks.length, 2);
  });
});

onPostgres(
  "kill -9 between the mails and the end of the job asks no second time",
  async (database) => {
    await withQuoteProcesses(database, async (given) => {
      const { read, start, model, untilMailed } = given;
      const quote = await killDuring(given, {
        lock: (tx, { jobId }) => tx.run(LOCK_JOB, jobId ?? ""),
        during: "jobs.settle",
      });
      assert.equal((await read(quote)).status, "AI_QUOTED");

      await start();
      assert.equal((await untilMailed(quote)).estimate?.lineItems[1]?.description, "Gate");
      assert.equal(model.asks.length, 1);
    });
  },
);
