import assert from "node:assert/strict";
import { createQuote } from "../../../src/domain/quotes/create.ts";
import {
  ConflictError,
  ForbiddenError,
  InvalidInputError,
  NotFoundError,
} from "../../../src/domain/errors.ts";
import { newId, toTypeId } from "../../../src/domain/id.ts";
import { startJob } from "../../../src/domain/jobs/start.ts";
import { processPending } from "../../../src/domain/quotes/process.ts";
import { readAttempts, readJob } from "../../support/jobs.ts";
import { holdAnswers } from "../../support/model_server.ts";
import { ESTIMATE, onEveryQuotes } from "../../support/quotes.ts";

const typeIds = (...quotes: { readonly id: string }[]) =>
  quotes.map(({ id }) => toTypeId("quote", id));

onEveryQuotes(
  "a new quote gets its estimate from the model",
  {},
  async ({ create, read, worker, model }) => {
    const quote = await create();
    assert.deepEqual([quote.status, quote.lockToken], ["PENDING", null]);

    await worker.runQueued();

    const { status, lockToken, estimate, aiProcessedAt, promptId, jobId } = await read(quote);
    assert.deepEqual([status, lockToken, jobId], ["AI_QUOTED", null, quote.jobId]);
    assert.ok(aiProcessedAt && promptId);
    assert.deepEqual(estimate, {
      currency: "EUR",
      lineItems: [
        { description: "Fence of larch", quantity: "20", unitPrice: "85.00" },
        { description: "Gate", quantity: "1", unitPrice: "300.00" },
      ],
      total: "2000.00",
      notes: "The ground is taken to be even.",
    });
    assert.match(
      JSON.stringify(model.asks[0]?.messages),
      /<data>\\nCustomer: Grace\\n\\nA fence of 20 m/,
    );
  },
);

onEveryQuotes(
  "an estimate that does not add up is asked for again, and then fails with the fault",
  { reply: () => ESTIMATE.replace("2000", "1999") },
  async ({ create, read, worker, model }) => {
    const quote = await create();
    await worker.runQueued();

    const failed = await read(quote);
    assert.equal(failed.status, "AI_ERROR");
    assert.equal(failed.errorType, "INVALID_ANSWER");
    assert.match(failed.errorMessage ?? "", /total is 1999, but the line items add up to 2000.00/);
    assert.equal(model.asks.length, 2);
    assert.match(JSON.stringify(model.asks[1]?.messages), /total is 1999/);
  },
);

onEveryQuotes(
  "process: false queues nothing until processQuotes does",
  {},
  async ({ create, read, process, worker, model }) => {
    const quote = await create({ process: false });
    await worker.runQueued();
    assert.equal(model.asks.length, 0);

    const { quotes, skipped } = await process({ quoteIds: typeIds(quote) });
    assert.deepEqual([quotes.length, skipped.length], [1, 0]);
    const again = await process({ quoteIds: typeIds(quote) });
    assert.deepEqual(again.skipped.map(({ reason }) => reason), ["It is queued already"]);
    await worker.runQueued();
    assert.equal((await read(quote)).status, "AI_QUOTED");
  },
);

onEveryQuotes(
  "a run takes the oldest PENDING quotes that are not queued, up to its limit",
  {},
  async ({ create, read, process, services, organization }) => {
    const [first, second, third] = [
      await create({ process: false }),
      await create({ process: false }),
      await create({ process: false }),
    ];
    assert.deepEqual((await process({ limit: 0 })).quotes, []);
    assert.deepEqual((await process({ limit: 1 })).quotes.map(({ id }) => id), [first.id]);
    assert.equal(await processPending(services, organization.id, 1), 1);
    assert.notEqual((await read(second)).jobId, null);
    assert.deepEqual((await process({ limit: 5 })).quotes.map(({ id }) => id), [third.id]);
  },
);

onEveryQuotes(
  "a quote with an estimate is skipped, unless it is forced",
  {},
  async ({ create, read, process, worker, model, db }) => {
    const quote = await create();
    await worker.runQueued();
    const { quotes, skipped } = await process({ quoteIds: typeIds(quote) });
    assert.deepEqual(quotes, []);
    assert.deepEqual(skipped.map(({ reason }) => reason), [
      "It has an estimate already; force replaces it",
    ]);

    model.settings.reply = () => ESTIMATE.replace("Gate", "Wide gate");
    await process({ quoteIds: typeIds(quote), force: true });
    await worker.runQueued();

    const replaced = await read(quote);
    assert.equal(replaced.estimate?.lineItems[1]?.description, "Wide gate");
    assert.equal(replaced.jobId, quote.jobId);
    assert.equal((await readJob(db, quote.jobId ?? "")).status, "COMPLETED");
  },
);

onEveryQuotes(
  "a failed quote is taken by id or with force, and not by a run",
  { reply: () => "not JSON" },
  async ({ create, process, worker }) => {
    const quote = await create();
    await worker.runQueued();
    assert.deepEqual((await process()).quotes, []);
    assert.equal((await process({ force: true })).quotes.length, 1);
    await worker.runQueued();
    assert.equal((await process({ quoteIds: typeIds(quote) })).quotes.length, 1);
  },
);

onEveryQuotes(
  "a forced take-over keeps the late answer of the earlier processing out",
  {},
  async ({ create, read, process, worker, startModelWorker, model, db }) => {
    const held = holdAnswers(model);
    const quote = await create();
    worker.start(await worker.claim());
    await held.asked;
    const locked = await read(quote);
    assert.equal(locked.status, "AI_PROCESSING");
    assert.equal(locked.lockToken, (await readJob(db, quote.jobId ?? "")).fence);
    const { skipped } = await process({ quoteIds: typeIds(quote) });
    assert.match(skipped[0]?.reason ?? "", /It is being processed/);

    await process({ quoteIds: typeIds(quote), force: true });
    model.settings.reply = () => ESTIMATE;
    const second = await startModelWorker();
    await second.runQueued();
    held.answer(ESTIMATE.replace("Gate", "Late gate"));
    await worker.untilIdle();

    const { estimate, status, jobId } = await read(quote);
    assert.deepEqual([status, jobId], ["AI_QUOTED", quote.jobId]);
    assert.equal(estimate?.lineItems[1]?.description, "Gate");
    assert.equal((await readAttempts(db, quote.jobId ?? "")).length, 1);
  },
);

onEveryQuotes(
  "a request to process a quote with a stale lock starts it again",
  {},
  async ({ create, read, process, worker, startModelWorker, model, ageLock }) => {
    const held = holdAnswers(model);
    const quote = await create();
    worker.start(await worker.claim());
    await held.asked;
    await ageLock(quote, 31);
    model.settings.reply = () => ESTIMATE;
    const { quotes } = await process({ quoteIds: typeIds(quote) });
    assert.equal(quotes.length, 1);
    await (await startModelWorker()).runQueued();
    assert.equal((await read(quote)).status, "AI_QUOTED");
    held.answer("late");
    await worker.untilIdle();
    assert.equal((await read(quote)).status, "AI_QUOTED");
  },
);

onEveryQuotes(
  "a failure of the model that may pass leaves the quote PENDING until its attempts run out",
  { reply: () => ({ status: 500, error: { message: "Server error" } }) },
  async ({ create, read, worker, db }) => {
    const quote = await create();
    await worker.runQueued();
    const { status, errorType } = await read(quote);
    assert.deepEqual([status, errorType], ["PENDING", null]);
    assert.equal((await readJob(db, quote.jobId ?? "")).status, "SCHEDULED");
  },
);

onEveryQuotes(
  "an idempotency key belongs to one request",
  {},
  async ({ services, organization, create }) => {
    const first = await create({ idempotencyKey: "q-1" });
    const second = await create({ idempotencyKey: "q-1" });
    assert.equal(second.id, first.id);
    await assert.rejects(create({ idempotencyKey: "q-1", request: "Another" }), ConflictError);
    await assert.rejects(
      createQuote(services, organization.member, {
        customer: { name: "Grace", email: "grace@example.com" },
        request: "A fence",
        process: true,
      }),
      ForbiddenError,
    );
  },
);

onEveryQuotes(
  "processQuotes refuses what it cannot do, and queues nothing then",
  {},
  async ({ create, read, process }) => {
    const quote = await create({ process: false });
    const missing = toTypeId("quote", newId());
    await assert.rejects(process({ quoteIds: [...typeIds(quote), missing] }), NotFoundError);
    await assert.rejects(process({ limit: 1_001 }), /limit/);
    await assert.rejects(process({ resend: true }), /resend/);
    assert.equal((await read(quote)).jobId, null);
  },
);

onEveryQuotes(
  "startJob refuses PROCESS_QUOTE without the id of a quote",
  {},
  async ({ services, organization: { admin } }) => {
    for (const quoteId of ["quo_1", toTypeId("job", newId()), ""]) {
      await assert.rejects(
        startJob(services, admin, { kind: "PROCESS_QUOTE", payload: { quoteId } }),
        (error) =>
          error instanceof InvalidInputError &&
          error.issues[0]?.path.join(".") === "payload.quoteId",
      );
    }
  },
);
