import type { z } from "zod";
import type { ModelError } from "./openai_failure.ts";

/** Part of the input of a call: text, or an image by its https or data URL. */
export type ModelInput =
  | { readonly type: "text"; readonly text: string }
  | { readonly type: "image"; readonly url: string };

/** Format of a structured answer. Each object has all of its properties; one that may be absent is nullable. */
export interface AnswerSchema {
  /** Letters, digits, "_" and "-", at most 64. */
  readonly name: string;
  readonly schema: z.ZodType;
}

/** Earlier answer in the same call, with the request to correct it. */
export interface ModelTurn {
  readonly answer: string;
  readonly correction: string;
}

/** One request to a model. */
export interface ModelRequest {
  readonly model: string;
  /** Rendered prompt; contains no text of customers. */
  readonly instructions: string;
  readonly input: readonly ModelInput[];
  /** Null: plain text. */
  readonly answerSchema: AnswerSchema | null;
  /** Includes the tokens of the reasoning. */
  readonly maxOutputTokens: number;
  /** Empty for the first request of a call. */
  readonly turns: readonly ModelTurn[];
}

/** Tokens of one request, as the server has counted them. */
export interface ModelUsage {
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** Part of `inputTokens` that was read from the cache of the server. */
  readonly cachedInputTokens: number;
  /** Part of `outputTokens` that was used for reasoning. */
  readonly reasoningTokens: number;
}

/** Complete answer. */
export interface ModelAnswer {
  readonly text: string;
  /** Name of the model that answered, which may be a dated version of the requested one. */
  readonly model: string;
  /** Null if the server sent none. */
  readonly usage: ModelUsage | null;
  /** Time from the request to the first text, in milliseconds; null if there was no text. */
  readonly firstTokenMs: number | null;
  /** Reason of the end: "stop", "length", "content_filter"; null if the server sent none. */
  readonly finishReason: string | null;
}

/** Outcome of one request. */
export type ModelResult =
  | { readonly outcome: "answered"; readonly answer: ModelAnswer }
  | {
    readonly outcome: "failed";
    readonly error: ModelError;
    /** Null if the server sent none before the failure. */
    readonly usage: ModelUsage | null;
    readonly firstTokenMs: number | null;
  };

/** Texts whose embeddings are requested. */
export interface EmbeddingRequest {
  readonly model: string;
  readonly texts: readonly string[];
}

/** Outcome of a request for embeddings. */
export type EmbeddingResult =
  | {
    readonly outcome: "embedded";
    /** One for each text, in the same order and all of one length. */
    readonly vectors: readonly (readonly number[])[];
    /** Null if the server sent none. */
    readonly inputTokens: number | null;
  }
  | { readonly outcome: "failed"; readonly error: ModelError };

/** Options of one request. */
export interface AskOptions {
  /** Aborts the request. */
  readonly signal: AbortSignal;
  /** Called with the whole text so far, each time that more of it has arrived. */
  readonly onText?: (text: string) => void;
}

/** Language model. */
export interface Model {
  /**
   * Sends one request, without retries. Every failure is an outcome.
   *
   * @throws the reason of the signal, if it is aborted
   */
  ask(request: ModelRequest, options: AskOptions): Promise<ModelResult>;
  /**
   * Requests embeddings, without retries. Every failure is an outcome.
   *
   * @throws the reason of the signal, if it is aborted
   */
  embed(request: EmbeddingRequest, signal: AbortSignal): Promise<EmbeddingResult>;
  /** Returns an upper bound of the input tokens of a request. */
  maxInputTokens(request: ModelRequest): number;
  /** Closes idle connections. */
  close(): void;
}
