import OpenAI, { APIError } from "openai";
import { zodResponseFormat } from "openai/helpers/zod";
import type {
  ChatCompletionContentPart,
  ChatCompletionCreateParamsStreaming,
  ChatCompletionMessageParam,
} from "openai/resources/chat/completions";
import type { ResponseFormatJSONSchema } from "openai/resources/shared";
import type { z } from "zod";
import { AnswerReader, isTokenCount } from "./answer_reader.ts";
import type {
  AnswerSchema,
  AskOptions,
  EmbeddingRequest,
  EmbeddingResult,
  Model,
  ModelInput,
  ModelRequest,
  ModelResult,
} from "./model.ts";
import { classifyModelFailure, type ModelError, type ModelFailure } from "./openai_failure.ts";
import { startTimeLimit, type TimeLimits } from "./time_limit.ts";

/** Access to a server of the OpenAI API. */
export interface OpenAiOptions {
  /** Includes the version: "https://api.openai.com/v1". */
  readonly baseUrl: string;
  /** Null: the server requires none. */
  readonly apiKey: string | null;
  /** Replaces some of the time limits. */
  readonly limits?: Partial<TimeLimits>;
}

// Shorter than the idle time after which servers close connections, because a request on a closed one fails.
const IDLE_MS = 20_000;
// OpenAI streams over HTTP/2, on one connection. Servers of HTTP/1.1 need one per request.
const IDLE_CONNECTIONS = 50;
// More tokens than any image has at the default resolution of the server.
const MAX_IMAGE_TOKENS = 10_000;
const EMBEDDING_LIMIT_MS = 30_000;
// Several times the longest streamed answer and the largest embeddings.
const MAX_RESPONSE_BYTES = 32 * 1024 * 1024;

/** Connects to a server of the OpenAI API (Chat Completions). It connects at the first request. */
export function openOpenAiModel(options: OpenAiOptions): Model {
  const http = Deno.createHttpClient({
    poolMaxIdlePerHost: IDLE_CONNECTIONS,
    poolIdleTimeout: IDLE_MS,
  });
  const client = openClient(options, http);
  return {
    ask: (request, askOptions) => ask(client, options, request, askOptions),
    embed: (request, signal) => embed(client, options, request, signal),
    maxInputTokens,
    close: () => http.close(),
  };
}

function openClient({ baseUrl, apiKey }: OpenAiOptions, http: Deno.HttpClient): OpenAI {
  return new OpenAI({
    baseURL: baseUrl,
    apiKey: apiKey ?? "none",
    ...apiKey === null && { defaultHeaders: { Authorization: null } },
    // Null, because the package would otherwise read them from the environment.
    organization: null,
    project: null,
    adminAPIKey: null,
    webhookSecret: null,
    logLevel: "off",
    // No retries here, because the queue retries.
    maxRetries: 0,
    // A Blob, because Deno repeats a request with a buffered body if a reused connection closes without a
    // response, although the first request may have been processed (denoland/deno#35610).
    fetch: async (url, init) =>
      limited(
        await fetch(url, {
          ...init,
          body: typeof init?.body === "string" ? new Blob([init.body]) : init?.body,
          client: http,
          redirect: "manual",
        }),
      ),
  });
}

/** Ends a response that is too long with an error: a server that never stops would fill the memory. */
function limited(response: Response): Response {
  let bytes = 0;
  const limit = new TransformStream<Uint8Array<ArrayBuffer>, Uint8Array<ArrayBuffer>>({
    transform(part, controller) {
      bytes += part.length;
      if (bytes > MAX_RESPONSE_BYTES) throw new Error("The response is longer than 32 MiB");
      controller.enqueue(part);
    },
  });
  return response.body ? new Response(response.body.pipeThrough(limit), response) : response;
}

async function ask(
  client: OpenAI,
  { apiKey, limits }: OpenAiOptions,
  request: ModelRequest,
  { signal, onText }: AskOptions,
): Promise<ModelResult> {
  signal.throwIfAborted();
  const body = bodyOf(request);
  const reader = new AnswerReader(onText);
  const limit = startTimeLimit(signal, limits);
  try {
    const stream = await client.chat.completions.create(body, { signal: limit.signal });
    for await (const chunk of stream) {
      limit.received(reader.add(chunk));
    }
    // The stream of an aborted request ends without an error.
    limit.signal.throwIfAborted();
    return reader.result();
  } catch (error) {
    signal.throwIfAborted();
    const { usage, firstTokenMs } = reader;
    const reason = limit.signal.aborted ? limit.signal.reason : error;
    return { outcome: "failed", error: errorOf(reason, apiKey), usage, firstTokenMs };
  } finally {
    limit.end();
  }
}

async function embed(
  client: OpenAI,
  { apiKey }: OpenAiOptions,
  { model, texts }: EmbeddingRequest,
  signal: AbortSignal,
): Promise<EmbeddingResult> {
  signal.throwIfAborted();
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(EMBEDDING_LIMIT_MS)]);
    const body = { model, input: [...texts], encoding_format: "float" as const };
    const { data, usage } = await client.embeddings.create(body, { signal: limit });
    const vectors = data.toSorted((a, b) => a.index - b.index).map(({ embedding }) => embedding);
    if (vectors.length !== texts.length) throw new Error("The server sent too few embeddings");
    const tokens = usage?.prompt_tokens;
    return { outcome: "embedded", vectors, inputTokens: isTokenCount(tokens) ? tokens : null };
  } catch (error) {
    signal.throwIfAborted();
    return { outcome: "failed", error: errorOf(error, apiKey) };
  }
}

// The API key is removed from errors, because they are stored.
function errorOf(error: unknown, apiKey: string | null): ModelError {
  const failure = failureOf(error);
  const message = apiKey ? failure.message.replaceAll(apiKey, "[API key]") : failure.message;
  return classifyModelFailure({ ...failure, message });
}

function bodyOf(request: ModelRequest): ChatCompletionCreateParamsStreaming {
  const { model, instructions, input, turns, answerSchema, maxOutputTokens } = request;
  const corrections = turns.flatMap(({ answer, correction }): ChatCompletionMessageParam[] => [
    { role: "assistant", content: answer },
    { role: "user", content: correction },
  ]);
  return {
    model,
    messages: [
      { role: "system", content: instructions },
      { role: "user", content: input.map(partOf) },
      ...corrections,
    ],
    ...answerSchema && { response_format: formatOf(answerSchema) },
    max_completion_tokens: maxOutputTokens,
    stream: true,
    stream_options: { include_usage: true },
  };
}

type JsonSchema = ResponseFormatJSONSchema.JSONSchema["schema"];
const JSON_SCHEMAS = new WeakMap<z.ZodType, JsonSchema>();

function formatOf({ name, schema }: AnswerSchema): ResponseFormatJSONSchema {
  // A schema is converted once, because that takes longer than the rest of a request.
  const json = JSON_SCHEMAS.get(schema) ?? zodResponseFormat(schema, name).json_schema.schema;
  JSON_SCHEMAS.set(schema, json);
  return { type: "json_schema", json_schema: { name, strict: true, schema: json } };
}

/**
 * Each byte of the request is at most one token, because tokenizers of these models work on bytes; the JSON around the
 * texts is longer than the tokens that the server adds between them.
 */
function maxInputTokens(request: ModelRequest): number {
  const images = request.input.filter(({ type }) => type === "image");
  const texts = request.input.filter(({ type }) => type === "text");
  const body = JSON.stringify(bodyOf({ ...request, input: texts }));
  return new TextEncoder().encode(body).length + images.length * MAX_IMAGE_TOKENS;
}

function partOf(input: ModelInput): ChatCompletionContentPart {
  return input.type === "text" ? input : { type: "image_url", image_url: { url: input.url } };
}

function failureOf(error: unknown): ModelFailure {
  if (!(error instanceof APIError)) {
    return { ...NO_RESPONSE, message: messageOf(error), code: codeOf(error) };
  }
  const { status = null, code = null, type = null, headers = new Headers(), cause } = error;
  // The package puts the status before the message, and the status is part of the code.
  const message = messageOf(cause ?? error).replace(/^\d{3} (?!status code)/, "");
  return { status, code, type: type ?? null, headers, message };
}

const NO_RESPONSE = { status: null, code: null, type: null, headers: new Headers() };

// The cause of a lost connection is nested twice: in the error of fetch, and that in the error of the package.
function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}

function codeOf(error: unknown): string | null {
  return error instanceof Error && "code" in error && typeof error.code === "string"
    ? error.code
    : null;
}
