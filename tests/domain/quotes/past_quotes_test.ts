import assert from "node:assert/strict";
import { eraseContact } from "../../../src/domain/erasure/erase_contact.ts";
import { ConflictError } from "../../../src/domain/errors.ts";
import { toTypeId } from "../../../src/domain/id.ts";
import { promotePrompt } from "../../../src/domain/prompts/promote.ts";
import { savePrompt } from "../../../src/domain/prompts/save.ts";
import { getTrial, listResults } from "../../../src/domain/prompt_trials/find.ts";
import { startPromptTrial } from "../../../src/domain/prompt_trials/start.ts";
import { ESTIMATE, onEveryQuotes, type TestQuotes } from "../../support/quotes.ts";

const TEXT = "{{ data_notice }} Add travel.";
const WITH_TRAVEL = JSON.stringify({
  currency: "EUR",
  lineItems: [
    { description: "Fence of larch", quantity: 20, unitPrice: 85 },
    { description: "Gate", quantity: 1, unitPrice: 300 },
    { description: "Travel", quantity: 1, unitPrice: 50 },
  ],
  total: 2_050,
  notes: null,
});

function replyTo(instructions: unknown): string {
  return String(instructions).endsWith("Add travel.") ? WITH_TRAVEL : ESTIMATE;
}

async function tryPrompt({ services, organization: { admin }, worker }: TestQuotes) {
  const prompt = await savePrompt(services, admin, { name: "quote", text: TEXT });
  const { id } = await startPromptTrial(services, admin, { promptId: prompt.id, sampleSize: 20 });
  await worker.runQueued();
  const trial = await getTrial(services, admin, id);
  const { edges } = await listResults(services, trial, {});
  return { prompt, trial, results: edges.map(({ node }) => node) };
}

onEveryQuotes(
  "a trial repeats requests for quotes, and changes no quote",
  { reply: ({ messages }) => replyTo(messages[0]?.content) },
  async (quotes) => {
    const { services, organization: { admin }, model, worker, create, read } = quotes;
    await assert.rejects(tryPrompt(quotes), ConflictError);
    const quote = await create();
    await create({ process: false });
    await worker.runQueued();
    const before = await read(quote);
    const { prompt, trial, results } = await tryPrompt(quotes);
    assert.ok(trial.finishedAt);
    assert.deepEqual(results.map(({ subject }) => subject), [toTypeId("quote", quote.id)]);
    assert.equal(
      results[0]?.before,
      "Total: 2000.00 EUR\n\n20 × Fence of larch: 85.00\n1 × Gate: 300.00\n\nThe ground is taken to be even.",
    );
    assert.equal(
      results[0]?.after,
      "Total: 2050.00 EUR\n\n20 × Fence of larch: 85.00\n1 × Gate: 300.00\n1 × Travel: 50.00",
    );
    assert.deepEqual(await read(quote), before);
    // The request is the same but for the instructions.
    const [made, repeated] = model.asks;
    assert.deepEqual(repeated?.messages.slice(1), made?.messages.slice(1));
    assert.deepEqual(repeated?.schema?.schema, made?.schema?.schema);

    await promotePrompt(services, admin, prompt.id);
    const next = await create();
    await worker.runQueued();
    const { promptId, estimate } = await read(next);
    assert.deepEqual([promptId, estimate?.total], [prompt.id, "2050.00"]);
    assert.notEqual(before.promptId, prompt.id);
  },
);

onEveryQuotes(
  "answers of a trial are erased with the customer",
  { reply: ({ messages }) => replyTo(messages[0]?.content) },
  async (quotes) => {
    const { services, organization: { admin }, worker, create } = quotes;
    const quote = await create();
    await create({ customer: { name: "Max", email: "max@example.com" } });
    await worker.runQueued();
    const { trial, results } = await tryPrompt(quotes);
    assert.equal(results.length, 2);
    await eraseContact(services, admin, quote.contactId);
    await worker.runQueued();
    const { edges } = await listResults(services, trial, {});
    assert.deepEqual(edges.map(({ node }) => node.position), [1]);
  },
);
