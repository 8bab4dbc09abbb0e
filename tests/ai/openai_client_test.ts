import assert from "node:assert/strict";
import { z } from "zod";
import type { ModelRequest, ModelResult } from "../../src/ai/model.ts";
import { openOpenAiModel } from "../../src/ai/openai_client.ts";
import type { TimeLimits } from "../../src/ai/time_limit.ts";
import {
  CUT,
  INVALID_KEY,
  MODEL_NOT_FOUND,
  type ModelReply,
  type ModelServer,
  OUT_OF_CREDIT,
  rateLimited,
  SILENCE,
  startModelServer,
  UNSUPPORTED_COUNTRY,
} from "../support/model_server.ts";

const REQUEST: ModelRequest = {
  model: "gpt-6-luna",
  instructions: "Answer briefly.",
  input: [{ type: "text", text: "How are you?" }],
  answerSchema: null,
  maxOutputTokens: 500,
  turns: [],
};

interface AskTest {
  readonly request?: Partial<ModelRequest>;
  readonly signal?: AbortSignal;
  readonly onText?: (text: string) => void;
  readonly apiKey?: string | null;
  readonly limits?: Partial<TimeLimits>;
}

async function ask(server: ModelServer, options: AskTest = {}): Promise<ModelResult> {
  const { apiKey = "sk-good", limits, signal = new AbortController().signal, onText } = options;
  const model = openOpenAiModel({ baseUrl: server.baseUrl, apiKey, limits });
  try {
    return await model.ask({ ...REQUEST, ...options.request }, { signal, onText });
  } finally {
    model.close();
  }
}

async function errorOf(reply: ModelReply, options: AskTest = {}) {
  await using server = await startModelServer({ reply: () => reply });
  const result = await ask(server, options);
  assert.equal(result.outcome, "failed");
  return result.error;
}

Deno.test("ask() streams the answer and reports its tokens", async () => {
  const usage = { input: 1_200, output: 40, cached: 1_000, reasoning: 30 };
  await using server = await startModelServer({
    reply: () => ({ text: "Fine, thank you.", usage }),
  });
  const texts: string[] = [];

  const result = await ask(server, { onText: (text) => texts.push(text) });

  assert.equal(result.outcome, "answered");
  const { firstTokenMs, ...answer } = result.answer;
  assert.deepEqual(answer, {
    text: "Fine, thank you.",
    model: "gpt-6-luna",
    finishReason: "stop",
    usage: {
      inputTokens: 1_200,
      outputTokens: 40,
      cachedInputTokens: 1_000,
      reasoningTokens: 30,
    },
  });
  assert.ok(firstTokenMs !== null && firstTokenMs >= 0);
  assert.deepEqual(texts, ["Fine, ", "Fine, thank ", "Fine, thank you."]);
});

Deno.test("ask() sends instructions, text, images, schema and corrections", async () => {
  await using server = await startModelServer();
  const schema = z.object({ title: z.string(), price: z.number().nullable() });

  await ask(server, {
    request: {
      input: [
        { type: "text", text: "What is it?" },
        { type: "image", url: "https://example.com/a.png" },
      ],
      answerSchema: { name: "quote", schema },
      turns: [{ answer: "{", correction: "It is no JSON" }],
    },
  });

  const [received] = server.asks;
  assert.equal(received?.headers.authorization, "Bearer sk-good");
  assert.equal(received?.maxTokens, 500);
  assert.deepEqual(received?.schema, {
    name: "quote",
    strict: true,
    schema: {
      $schema: "http://json-schema.org/draft-07/schema#",
      type: "object",
      properties: {
        title: { type: "string" },
        price: { type: ["number", "null"] },
      },
      required: ["title", "price"],
      additionalProperties: false,
    },
  });
  assert.deepEqual(received?.messages, [
    { role: "system", content: "Answer briefly." },
    {
      role: "user",
      content: [
        { type: "text", text: "What is it?" },
        { type: "image_url", image_url: { url: "https://example.com/a.png" } },
      ],
    },
    { role: "assistant", content: "{" },
    { role: "user", content: "It is no JSON" },
  ]);
});

Deno.test("maxInputTokens() counts each byte, and images at a fixed size", () => {
  const model = openOpenAiModel({ baseUrl: "http://127.0.0.1:9/v1", apiKey: null });
  const tokensOf = (input: ModelRequest["input"]) => model.maxInputTokens({ ...REQUEST, input });
  const none = tokensOf([]);
  const image = `data:image/png;base64,${"A".repeat(1_000_000)}`;
  assert.ok(tokensOf([{ type: "text", text: "é".repeat(100) }]) >= none + 200);
  assert.equal(tokensOf([{ type: "image", url: image }]), none + 10_000);
  model.close();
});

Deno.test("ask() without a key sends no Authorization", async () => {
  await using server = await startModelServer({ apiKey: null });
  const result = await ask(server, { apiKey: null });
  assert.equal(result.outcome, "answered");
  assert.equal(server.asks[0]?.headers.authorization, undefined);
});

Deno.test("ask() classifies the errors of the server", async () => {
  const rows: [ModelReply, type: string, disposition: string, code: string][] = [
    [INVALID_KEY, "ACCESS_TOKEN", "pause", "401 invalid_api_key"],
    [
      UNSUPPORTED_COUNTRY,
      "PERMISSION",
      "pause",
      "403 unsupported_country_region_territory",
    ],
    [MODEL_NOT_FOUND, "PERMISSION", "pause", "404 model_not_found"],
    [OUT_OF_CREDIT, "PERMISSION", "pause", "429 insufficient_quota"],
    [rateLimited(), "RATE_LIMIT", "retry", "429 rate_limit_exceeded"],
    [{ status: 503, error: { message: "Overloaded" } }, "NETWORK", "retry", "503"],
    [
      { status: 400, error: { message: "Too long", code: "context_length_exceeded" } },
      "OTHER",
      "never",
      "400 context_length_exceeded",
    ],
    [{ text: "", refusal: "I cannot help with that" }, "OTHER", "never", "refusal"],
    [{ text: "Fi", finishReason: "content_filter" }, "OTHER", "never", "content_filter"],
  ];
  for (const [reply, type, disposition, code] of rows) {
    const error = await errorOf(reply);
    assert.deepEqual([error.type, error.disposition, error.code], [type, disposition, code]);
  }
});

Deno.test("ask() reads Retry-After", async () => {
  assert.equal((await errorOf(rateLimited(7))).retryAfterMs, 7_000);
});

Deno.test("ask() does not follow a redirect, which would send the key elsewhere", async () => {
  const { code } = await errorOf({
    status: 307,
    error: { message: "Moved" },
    headers: { location: "http://127.0.0.1:9/v1/chat/completions" },
  });
  assert.equal(code, "307");
});

Deno.test("ask() fails if the stream ends before the answer", async () => {
  const text = "one two three";
  const replies: [ModelReply, code: string | null][] = [
    [{ text, end: { after: 1, by: "CUT" } }, null],
    [{ text, end: { after: 1, by: "ERROR" } }, "server_error"],
    [{ text, finishReason: null }, "INCOMPLETE"],
  ];
  for (const [reply, expected] of replies) {
    const { type, disposition, code } = await errorOf(reply);
    assert.deepEqual([type, disposition, code], ["NETWORK", "retry", expected]);
  }
});

Deno.test("ask() sends a request once, also if a reused connection is closed unanswered", async () => {
  await using server = await startModelServer({
    reply: (_ask, index) => index === 0 ? "Fine." : CUT,
  });
  const model = openOpenAiModel({ baseUrl: server.baseUrl, apiKey: "sk-good" });
  const { signal } = new AbortController();

  const first = await model.ask(REQUEST, { signal });
  const second = await model.ask(REQUEST, { signal });

  model.close();
  assert.deepEqual([first.outcome, second.outcome], ["answered", "failed"]);
  assert.equal(server.asks.length, 2);
});

Deno.test("close() lets a running request end, because the key may have been replaced meanwhile", async () => {
  await using server = await startModelServer({ reply: () => "one two three", tokenMs: 20 });
  const model = openOpenAiModel({ baseUrl: server.baseUrl, apiKey: "sk-good" });
  const result = await model.ask(REQUEST, {
    signal: new AbortController().signal,
    onText: (text) => text === "one " && model.close(),
  });
  assert.equal(result.outcome, "answered", JSON.stringify(result));
});

Deno.test("ask() fails if no connection is made", async () => {
  const server = await startModelServer();
  await server[Symbol.asyncDispose]();
  const result = await ask(server);
  assert.equal(result.outcome, "failed");
  const { type, disposition, message } = result.error;
  assert.deepEqual([type, disposition], ["NETWORK", "retry"]);
  assert.match(message, /Connection refused/);
});

Deno.test("ask() ends at its time limits", async () => {
  const limits = { totalMs: 60_000, firstTextMs: 60_000, silenceMs: 60_000 };
  const stops = { text: "one two three", end: { after: 2, by: "SILENCE" } } as const;
  const rows: [ModelReply, Partial<TimeLimits>, RegExp][] = [
    [SILENCE, { firstTextMs: 20 }, /No text arrived within 0.02 s/],
    [{ ...stops, end: { after: 0, by: "SILENCE" } }, { firstTextMs: 200 }, /No text arrived/],
    [stops, { silenceMs: 20 }, /The answer stopped for 0.02 s/],
    [stops, { totalMs: 200 }, /The answer did not end within 0.2 s/],
  ];
  for (const [reply, limit, expected] of rows) {
    const error = await errorOf(reply, { limits: { ...limits, ...limit } });
    assert.deepEqual([error.type, error.disposition, error.code], [
      "NETWORK",
      "retry",
      "ETIMEDOUT",
    ]);
    assert.match(error.message, expected);
  }
});

Deno.test("ask() closes the connection when it is aborted", async () => {
  const abort = new AbortController();
  await using server = await startModelServer({
    reply: () => ({ text: "one two", end: { after: 1, by: "SILENCE" } }),
  });
  const reason = new Error("Cancelled by a user");
  const onText = () => abort.abort(reason);

  await assert.rejects(ask(server, { signal: abort.signal, onText }), reason);

  await server.asks[0]?.aborted;
});

Deno.test("ask() keeps the key out of the error", async () => {
  const error = { message: "Incorrect API key provided: sk-secret.", code: "invalid_api_key" };
  await using server = await startModelServer({
    apiKey: null,
    reply: () => ({ status: 401, error }),
  });
  const result = await ask(server, { apiKey: "sk-secret" });
  assert.equal(result.outcome, "failed");
  assert.equal(result.error.message, "Incorrect API key provided: [API key].");
});
