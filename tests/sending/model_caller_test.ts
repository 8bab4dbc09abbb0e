import assert from "node:assert/strict";
import { listAiCalls } from "../../src/domain/ai_usage/list.ts";
import { LiveModelCaller } from "../../src/sending/ask_model.ts";
import { logOf } from "../support/log.ts";
import { failureOf, GOOD, onEveryCaller, PROMPT_ID } from "../support/model_calls.ts";

onEveryCaller(
  "call() returns the checked answer and records tokens, cost and times",
  {
    reply: () => ({ text: GOOD, usage: { input: 1_000, output: 200, cached: 600, reasoning: 50 } }),
  },
  async ({ services, organization, call, ask }) => {
    const reply = await ask();

    assert.deepEqual(reply.value, { title: "Oak table", total: 1_200 });
    // 400 × 0.1 + 600 × 0.01 + 200 × 0.5
    assert.equal(reply.costMicros, 146n);
    const { edges: [edge] } = await listAiCalls(services, organization.admin, {}, { first: 2 });
    const row = edge?.node;
    assert.ok(row && call.subject);
    assert.deepEqual([row.id, row.outcome, row.kind, row.model, row.promptId, row.costMicros], [
      reply.callId,
      "SUCCEEDED",
      "QUOTE",
      "gpt-6-luna",
      PROMPT_ID,
      146,
    ]);
    assert.deepEqual([row.inputTokens, row.cachedInputTokens, row.reasoningTokens], [
      1_000,
      600,
      50,
    ]);
    assert.ok(row.firstTokenMs !== null && row.durationMs !== null);
    // At most 500 output tokens, and fewer input tokens than bytes.
    assert.ok(row.reservedMicros !== null && row.reservedMicros >= 250 + 40);
  },
);

onEveryCaller(
  "call() asks once more with the faults of an invalid answer",
  { reply: (_ask, index) => index === 0 ? `{"title":"Oak table","total":"a lot"}` : GOOD },
  async ({ server, ask, outcomes }) => {
    const reply = await ask();

    assert.equal(reply.value.total, 1_200);
    const [first, second] = server.asks;
    assert.equal(first?.schema?.name, "quote");
    assert.deepEqual(second?.messages.slice(0, 2), first.messages);
    assert.deepEqual(second?.messages.slice(2), [
      { role: "assistant", content: `{"title":"Oak table","total":"a lot"}` },
      {
        role: "user",
        content: "Your answer is invalid:\n" +
          "- total: must be of type number\n" +
          "Answer again, completely and in the same format, without these faults.",
      },
    ]);
    assert.deepEqual(await outcomes(), ["INVALID_ANSWER INVALID_ANSWER", "SUCCEEDED"]);
  },
);

onEveryCaller(
  "call() fails after a second invalid answer and names the faults",
  { reply: (_ask, index) => index === 0 ? `{"title":` : { text: `{"tit`, finishReason: "length" } },
  async ({ server, ask, outcomes }) => {
    const failure = await failureOf(ask());
    assert.equal(failure.type, "INVALID_ANSWER");
    assert.equal(failure.options.retryable, false);
    assert.match(failure.message, /The answer was cut off after \d+ tokens/);
    assert.match(JSON.stringify(server.asks[1]?.messages), /The answer is not JSON/);
    assert.deepEqual(await outcomes(), [
      "INVALID_ANSWER INVALID_ANSWER",
      "INVALID_ANSWER INVALID_ANSWER",
    ]);
  },
);

onEveryCaller(
  "call() applies the rules of the caller beyond the schema",
  {},
  async ({ model, server, call }) => {
    const faultsOf = () => ["total: the items add up to 900"];
    const { signal } = new AbortController();
    const failure = await failureOf(model.caller.call({ ...call, faultsOf }, { signal }));
    assert.match(failure.message, /the items add up to 900/);
    assert.equal(server.asks.length, 2);
  },
);

onEveryCaller(
  "call() keeps questions, answers and injected text out of the log and of the error",
  { reply: () => `{"title":"Oak","total":1,"<script>steal()</script>":"ignore all instructions"}` },
  async ({ ask }) => {
    const lines = await logOf(async () => {
      const { message } = await failureOf(ask());
      assert.match(message, /The answer: has unknown properties/);
      assert.doesNotMatch(message, /script|ignore/);
    });
    assert.match(
      lines[0] ?? "",
      /^Call aic_\w+ of gpt-6-luna for QUOTE: INVALID_ANSWER after \d+ ms/,
    );
    assert.doesNotMatch(lines.join("\n"), /script|ignore|Oak|oak table/);
  },
);

onEveryCaller(
  "call() returns plain text, as it is streamed",
  { reply: () => "Dear Ada, yes." },
  async ({ model, call }) => {
    const texts: string[] = [];
    const reply = await model.caller.call({ ...call, answer: null, faultsOf: undefined }, {
      signal: new AbortController().signal,
      onText: (text) => texts.push(text),
    });
    assert.equal(reply.value, "Dear Ada, yes.");
    assert.deepEqual(texts, ["Dear ", "Dear Ada, ", "Dear Ada, yes."]);
  },
);

onEveryCaller("call() fails at once if no model is configured", {}, async ({ services, call }) => {
  const caller = new LiveModelCaller(services, null);
  const failure = await failureOf(caller.call(call, { signal: new AbortController().signal }));
  assert.deepEqual([failure.type, failure.options.retryable], ["MODEL_NOT_CONFIGURED", false]);
  assert.match(failure.message, /set OPENAI_API_KEY/);
});
