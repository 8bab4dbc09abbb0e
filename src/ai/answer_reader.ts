import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ModelResult, ModelUsage } from "./model.ts";
import type { ModelError } from "./openai_failure.ts";

const MAX_MODEL_LENGTH = 200;
// The largest integer of PostgreSQL.
const MAX_TOKENS = 2 ** 31 - 1;

/** Assembles a streamed answer. */
export class AnswerReader {
  readonly #startedAt = performance.now();
  readonly #onText: ((text: string) => void) | undefined;
  #text = "";
  #model = "";
  #finishReason: string | null = null;
  #refused = false;
  usage: ModelUsage | null = null;
  /** Time from the creation of this reader to the first text, in milliseconds. */
  firstTokenMs: number | null = null;

  /** @param onText called with the whole text so far */
  constructor(onText?: (text: string) => void) {
    this.#onText = onText;
  }

  /** Adds a part; returns whether it contains text. */
  add({ model, choices: [choice], usage }: ChatCompletionChunk): boolean {
    this.#model ||= `${model ?? ""}`.replaceAll(/[\p{Cc}\p{Cs}]/gu, "").slice(0, MAX_MODEL_LENGTH);
    if (usage) this.usage = usageOf(usage);
    if (!choice) return false;
    this.#finishReason ??= choice.finish_reason;
    const { content, refusal } = choice.delta;
    this.#refused ||= Boolean(refusal);
    if (!content) return false;
    this.firstTokenMs ??= Math.round(performance.now() - this.#startedAt);
    this.#text += content;
    this.#onText?.(this.#text);
    return true;
  }

  /** Result when the stream has ended. */
  result(): ModelResult {
    const error = this.#error();
    const { usage, firstTokenMs } = this;
    if (error) return { outcome: "failed", error, usage, firstTokenMs };
    return {
      outcome: "answered",
      answer: {
        text: this.#text,
        model: this.#model,
        usage,
        firstTokenMs,
        finishReason: this.#finishReason,
      },
    };
  }

  #error(): ModelError | null {
    if (this.#refused) return REFUSED;
    if (this.#finishReason === "content_filter") return FILTERED;
    return this.#finishReason === null ? INCOMPLETE : null;
  }
}

/** Returns null for counts that cannot be stored: some servers of this API send fractions, texts or negative numbers. */
function usageOf(usage: NonNullable<ChatCompletionChunk["usage"]>): ModelUsage | null {
  const { prompt_tokens: inputTokens, completion_tokens: outputTokens } = usage;
  if (!isTokenCount(inputTokens) || !isTokenCount(outputTokens)) return null;
  return {
    inputTokens,
    outputTokens,
    cachedInputTokens: partOf(inputTokens, usage.prompt_tokens_details?.cached_tokens),
    reasoningTokens: partOf(outputTokens, usage.completion_tokens_details?.reasoning_tokens),
  };
}

function partOf(tokens: number, part: number | undefined): number {
  return isTokenCount(part) ? Math.min(part, tokens) : 0;
}

/** Whether a number of tokens that a server sent can be stored. */
export function isTokenCount(value: unknown): value is number {
  return Number.isInteger(value) && Number(value) >= 0 && Number(value) <= MAX_TOKENS;
}

// The text of a refusal is not kept, because it may repeat the request.
const REFUSED: ModelError = {
  type: "OTHER",
  disposition: "never",
  code: "refusal",
  message: "The model refused to answer",
  retryAfterMs: null,
};

const FILTERED: ModelError = {
  type: "OTHER",
  disposition: "never",
  code: "content_filter",
  message: "The content filter of the server stopped the answer",
  retryAfterMs: null,
};

const INCOMPLETE: ModelError = {
  type: "NETWORK",
  disposition: "retry",
  code: "INCOMPLETE",
  message: "The stream ended before the answer was complete",
  retryAfterMs: null,
};
