import { once } from "node:events";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { type Embed, sendEmbeddings } from "./embeddings_reply.ts";

/** Part of a message that the model server received. */
export type ReceivedPart =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image_url"; readonly image_url: { readonly url: string } };

/** Request that the model server received. */
export interface ReceivedAsk {
  readonly headers: IncomingMessage["headers"];
  readonly model: string;
  readonly messages: readonly {
    readonly role: "system" | "user" | "assistant";
    readonly content: string | readonly ReceivedPart[];
  }[];
  readonly maxTokens: number;
  /** Name and JSON Schema of a structured answer; null: plain text. */
  readonly schema: { readonly name: string; readonly schema: unknown } | null;
  /** Resolves when the client has closed the connection before the end of the answer. */
  readonly aborted: Promise<void>;
}

/** Tokens that the server reports. */
export interface ReportedUsage {
  readonly input: number;
  readonly output: number;
  readonly cached?: number;
  readonly reasoning?: number;
}

/** Streamed answer. */
export interface ScriptedAnswer {
  readonly text: string;
  /** Absent: one input token per 4 characters, and one output token per word; null: none is reported. */
  readonly usage?: ReportedUsage | null;
  /** "stop" unless set; null: the answer ends without one. */
  readonly finishReason?: string | null;
  /** Text of a refusal, in place of the answer. */
  readonly refusal?: string;
  /** Number of words after which the connection is closed, or nothing more is sent. */
  readonly end?: { readonly after: number; readonly by: "CUT" | "SILENCE" | "ERROR" };
}

/** Answer with an error status. */
export interface ScriptedError {
  readonly status: number;
  readonly error: Readonly<Record<string, unknown>>;
  readonly headers?: Readonly<Record<string, string>>;
}

/** Reply to a request. CUT: the connection is closed unanswered. SILENCE: no reply. */
export type ModelReply = string | ScriptedAnswer | ScriptedError | typeof CUT | typeof SILENCE;

/** The connection is closed unanswered. */
export const CUT = Symbol("CUT");
/** No reply comes. */
export const SILENCE = Symbol("SILENCE");

/** Settings that a test may change at any time. */
export interface ModelServerSettings {
  /** Key that is accepted; null: any, and none. */
  apiKey: string | null;
  /** @param index number of requests with a valid key before this one */
  reply: (ask: ReceivedAsk, index: number) => ModelReply | Promise<ModelReply>;
  /** Returns the embeddings of texts; null: the server has no embedding model. */
  embed: Embed | null;
  /** Wait before the reply. */
  delayMs: number;
  /** Wait before each word of an answer but the first. */
  tokenMs: number;
}

/** Server of the Chat Completions API on a free port. */
export interface ModelServer extends AsyncDisposable {
  /** For OPENAI_BASE_URL. */
  readonly baseUrl: string;
  readonly settings: ModelServerSettings;
  /** All requests with a valid key, in the order of their arrival. */
  readonly asks: readonly ReceivedAsk[];
  /** Number of requests with another key. */
  readonly refused: number;
  /** Maximum number of requests that were being answered at once. */
  readonly maxRunning: number;
}

/** Invalid key, as OpenAI reports it. */
export const INVALID_KEY: ScriptedError = {
  status: 401,
  error: {
    message: "Incorrect API key provided: sk-b**.",
    type: "invalid_request_error",
    code: "invalid_api_key",
    param: null,
  },
};

/** Unknown model, as OpenAI reports it. */
export const MODEL_NOT_FOUND: ScriptedError = {
  status: 404,
  error: {
    message: "The model `gpt-none` does not exist or you do not have access to it.",
    type: "invalid_request_error",
    code: "model_not_found",
    param: null,
  },
};

/** Country without access, as OpenAI reports it. */
export const UNSUPPORTED_COUNTRY: ScriptedError = {
  status: 403,
  error: {
    message: "Country, region, or territory not supported",
    type: "request_forbidden",
    code: "unsupported_country_region_territory",
    param: null,
  },
};

/** Account without credit, as OpenAI reports it. */
export const OUT_OF_CREDIT: ScriptedError = {
  status: 429,
  error: {
    message: "You exceeded your current quota, please check your plan and billing details.",
    type: "insufficient_quota",
    code: "insufficient_quota",
    param: null,
  },
};

/** Rate limit, as OpenAI reports it. */
export function rateLimited(retryAfterSeconds?: number): ScriptedError {
  return {
    status: 429,
    error: {
      message: "Rate limit reached for gpt-6-luna on tokens per min (TPM).",
      type: "tokens",
      code: "rate_limit_exceeded",
      param: null,
    },
    ...retryAfterSeconds !== undefined &&
      { headers: { "retry-after": String(retryAfterSeconds) } },
  };
}

/** Starts a server that accepts the key "sk-good" and answers every request with "Fine." */
export async function startModelServer(
  overrides: Partial<ModelServerSettings> = {},
): Promise<ModelServer> {
  const settings: ModelServerSettings = {
    apiKey: "sk-good",
    reply: () => "Fine.",
    embed: null,
    delayMs: 0,
    tokenMs: 0,
    ...overrides,
  };
  const asks: ReceivedAsk[] = [];
  const counts = { refused: 0, running: 0, maxRunning: 0 };
  const answer = async (request: IncomingMessage, response: ServerResponse) => {
    const body = await text(request);
    const embeds = request.url === "/v1/embeddings" && settings.embed !== null;
    if (request.method !== "POST" || !embeds && request.url !== "/v1/chat/completions") {
      return sendError(response, MODEL_NOT_FOUND);
    }
    const key = request.headers.authorization?.replace(/^Bearer /, "");
    if (settings.apiKey !== null && key !== settings.apiKey) {
      counts.refused++;
      return sendError(response, INVALID_KEY);
    }
    if (embeds && settings.embed) return sendEmbeddings(response, body, settings.embed);
    const ask = toAsk(request, response, body);
    const index = asks.push(ask) - 1;
    if (settings.delayMs > 0) await sleep(settings.delayMs);
    const reply = await settings.reply(ask, index);
    if (reply === SILENCE) return;
    if (reply === CUT) return void request.socket.destroy();
    if (typeof reply === "object" && "status" in reply) return sendError(response, reply);
    const scripted = typeof reply === "string" ? { text: reply } : reply;
    await stream(response, ask, body.length, scripted, settings.tokenMs);
  };
  const server = createServer((request, response) => {
    counts.maxRunning = Math.max(counts.maxRunning, ++counts.running);
    response.on("close", () => counts.running--);
    void answer(request, response);
  });
  await once(server.listen(0, "127.0.0.1"), "listening");
  const { port } = server.address() as AddressInfo;
  return {
    baseUrl: `http://127.0.0.1:${port}/v1`,
    settings,
    asks,
    get refused() {
      return counts.refused;
    },
    get maxRunning() {
      return counts.maxRunning;
    },
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function toAsk(request: IncomingMessage, response: ServerResponse, body: string): ReceivedAsk {
  const { model, messages, response_format, max_completion_tokens } = JSON.parse(body);
  const { promise: aborted, resolve } = Promise.withResolvers<void>();
  response.on("close", () => {
    if (!response.writableFinished) resolve();
  });
  return {
    headers: request.headers,
    model,
    messages,
    maxTokens: max_completion_tokens,
    schema: response_format?.json_schema ?? null,
    aborted,
  };
}

function sendError(response: ServerResponse, { status, error, headers }: ScriptedError): void {
  response.writeHead(status, { "content-type": "application/json", ...headers });
  response.end(JSON.stringify({ error }));
}

async function stream(
  response: ServerResponse,
  { model }: ReceivedAsk,
  size: number,
  { text, usage, finishReason = "stop", refusal, end }: ScriptedAnswer,
  tokenMs: number,
): Promise<void> {
  const words = text.match(/\S+\s*|\s+/g) ?? [];
  const send = (event: unknown) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  const chunk = { id: "chatcmpl-1", object: "chat.completion.chunk", created: 1, model };
  const choose = (delta: object, finish_reason: string | null = null) =>
    send({ ...chunk, choices: [{ index: 0, delta, finish_reason }] });
  response.writeHead(200, { "content-type": "text/event-stream" });
  choose({ role: "assistant", content: "" });
  if (refusal !== undefined) choose({ refusal });
  for (const [index, content] of words.entries()) {
    if (end?.after === index) return endEarly(response, end.by, send);
    if (tokenMs > 0 && index > 0) await sleep(tokenMs);
    choose({ content });
  }
  if (finishReason !== null) choose({}, finishReason);
  const { input, output, cached = 0, reasoning = 0 } = usage ??
    { input: Math.ceil(size / 4), output: words.length };
  if (usage !== null) {
    send({
      ...chunk,
      choices: [],
      usage: {
        prompt_tokens: input,
        completion_tokens: output,
        total_tokens: input + output,
        prompt_tokens_details: { cached_tokens: cached },
        completion_tokens_details: { reasoning_tokens: reasoning },
      },
    });
  }
  response.end("data: [DONE]\n\n");
}

function endEarly(
  response: ServerResponse,
  by: "CUT" | "SILENCE" | "ERROR",
  send: (event: unknown) => void,
): void {
  // After the words before it have been sent.
  if (by === "CUT") response.write(":\n\n", () => response.destroy());
  if (by !== "ERROR") return;
  send({ error: { message: "The server had an error", type: "server_error", code: null } });
  response.end();
}

/** Requests that wait for their answer. */
export interface HeldAnswer {
  /** Resolves when the server has a request. */
  readonly asked: Promise<void>;
  /** Answers all requests that were held. */
  answer(reply: ModelReply): void;
}

/** Holds the answers to all requests from now on, until another reply is set. */
export function holdAnswers({ settings }: Pick<ModelServer, "settings">): HeldAnswer {
  const asked = Promise.withResolvers<void>();
  const answered = Promise.withResolvers<ModelReply>();
  settings.reply = () => {
    asked.resolve();
    return answered.promise;
  };
  return { asked: asked.promise, answer: (reply) => answered.resolve(reply) };
}
