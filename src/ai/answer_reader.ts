import type { ChatCompletionChunk } from "openai/resources/chat/completions";
import type { ModelResult, ModelUsage } from "./model.ts";
import type { ModelError } from "./openai_failure.ts";

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
    this.#model ||= model;
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

function usageOf(usage: NonNullable<ChatCompletionChunk["usage"]>): ModelUsage {
  return {
    inputTokens: usage.prompt_tokens,
    outputTokens: usage.completion_tokens,
    cachedInputTokens: usage.prompt_tokens_details?.cached_tokens ?? 0,
    reasoningTokens: usage.completion_tokens_details?.reasoning_tokens ?? 0,
  };
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
