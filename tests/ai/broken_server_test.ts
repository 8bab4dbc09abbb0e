import assert from "node:assert/strict";
import type { ModelResult } from "../../src/ai/model.ts";
import { openOpenAiModel } from "../../src/ai/openai_client.ts";
import { startModelServer } from "../support/model_server.ts";

async function ask(baseUrl: string): Promise<ModelResult> {
  const model = openOpenAiModel({ baseUrl, apiKey: "sk-good" });
  try {
    return await model.ask({
      model: "gpt-6-luna",
      instructions: "Answer briefly.",
      input: [{ type: "text", text: "How are you?" }],
      answerSchema: null,
      maxOutputTokens: 500,
      turns: [],
    }, { signal: new AbortController().signal });
  } finally {
    model.close();
  }
}

Deno.test("ask() reports no tokens if the server sends impossible counts", async () => {
  const impossible = [-5, 1.5, 1e18, Number.NaN];
  for (const input of impossible) {
    await using server = await startModelServer({
      reply: () => ({ text: "Fine.", usage: { input, output: 1 } }),
    });
    const result = await ask(server.baseUrl);
    assert.equal(result.outcome, "answered");
    assert.equal(result.answer.usage, null, `${input}`);
  }
  await using server = await startModelServer({
    reply: () => ({ text: "Fine.", usage: { input: 10, output: 5, cached: 99, reasoning: -1 } }),
  });
  const result = await ask(server.baseUrl);
  assert.equal(result.outcome, "answered");
  assert.deepEqual(result.answer.usage, {
    inputTokens: 10,
    outputTokens: 5,
    cachedInputTokens: 10,
    reasoningTokens: 0,
  });
});

Deno.test("embed() reports no tokens if the server sends an impossible count", async () => {
  for (const tokens of [-5, 1.5, 1e18, "12"]) {
    const data = [{ index: 0, embedding: [0.5] }];
    await using server = Deno.serve(
      { port: 0, onListen() {} },
      () => Response.json({ data, usage: { prompt_tokens: tokens } }),
    );
    const baseUrl = `http://127.0.0.1:${server.addr.port}`;
    const model = openOpenAiModel({ baseUrl, apiKey: "sk-good" });
    const { signal } = new AbortController();
    const result = await model.embed({ model: "small", texts: ["Lamp"] }, signal);
    model.close();
    assert.deepEqual(result, { outcome: "embedded", vectors: [[0.5]], inputTokens: null });
  }
});

Deno.test("ask() ends an answer that never stops", async () => {
  const event = `data: ${
    JSON.stringify({ choices: [{ delta: { content: "x".repeat(60_000) } }] })
  }`;
  const part = new TextEncoder().encode(`${event}\n\n`);
  let cancelled = false;
  const endless = () =>
    new ReadableStream({
      pull: (controller) => controller.enqueue(part),
      cancel: () => void (cancelled = true),
    });
  await using server = Deno.serve(
    { port: 0, onListen() {} },
    () => new Response(endless(), { headers: { "content-type": "text/event-stream" } }),
  );
  const result = await ask(`http://127.0.0.1:${server.addr.port}`);
  assert.equal(result.outcome, "failed");
  assert.match(result.error.message, /longer than 32 MiB/);
  await server.shutdown();
  assert.ok(cancelled);
});
