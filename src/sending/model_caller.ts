import type { z } from "zod";
import type { ModelInput, ModelUsage } from "../ai/model.ts";
import type { AiCallKind } from "../domain/ai_usage/call.ts";
import type { Noun } from "../domain/id.ts";
import type { JobWait } from "../domain/jobs/outcome.ts";

/** One question to the model, whose answer is plain text or has a format. */
export interface ModelQuestion {
  readonly organizationId: string;
  /** Null: no job makes the call. */
  readonly jobId: string | null;
  /** Object that the call is about; null: none. */
  readonly subject: { readonly type: Noun; readonly id: string } | null;
  readonly kind: AiCallKind;
  /** Version of the prompt that the instructions were rendered from; null: none. */
  readonly promptId: string | null;
  /** Rendered prompt. Text of customers belongs into `input`. */
  readonly instructions: string;
  readonly input: readonly ModelInput[];
  /** Includes the tokens of the reasoning. */
  readonly maxOutputTokens: number;
}

/** Question whose answer has a format. */
export interface ModelCall<T> extends ModelQuestion {
  /** Objects in it have no optional properties; use nullable ones. */
  readonly answer: z.ZodType<T>;
  /** Finds faults that the schema cannot express; the model is asked once more with them. */
  readonly faultsOf?: (value: T) => readonly string[];
}

/** Question whose answer is plain text. */
export interface ModelTextCall extends ModelQuestion {
  readonly answer: null;
  /** Finds faults of the answer; the model is asked once more with them. */
  readonly faultsOf?: (text: string) => readonly string[];
}

/** Answer to a call. */
export interface ModelReply<T> {
  readonly value: T;
  readonly text: string;
  /** Id of the request that was answered. */
  readonly callId: string;
  /** Name of the model that answered. */
  readonly model: string;
  /** Of the request that was answered; null if the server sent none. */
  readonly usage: ModelUsage | null;
  /** Cost of all requests of the call, in millionths of the currency; null if a price is unknown. */
  readonly costMicros: bigint | null;
}

/** Options of a call. */
export interface ModelCallOptions {
  readonly signal: AbortSignal;
  /**
   * Called with the whole text so far, each time that more of it has arrived. Starts again with the corrected answer
   * after an invalid one.
   */
  readonly onText?: (text: string) => void;
}

/** Calls the configured model. */
export interface ModelCaller {
  /**
   * Asks the model; after an invalid answer, once more with its faults.
   *
   * @throws {ModelUnavailable} while the circuit is open or the budget used up; see `withModel`
   * @throws {JobFailure} MODEL_NOT_CONFIGURED; PRICE_UNKNOWN under a budget; INVALID_ANSWER; or the type of the
   *   model's failure
   * @throws the reason of the signal, if it is aborted
   */
  call<T>(call: ModelCall<T>, options: ModelCallOptions): Promise<ModelReply<T>>;
  call(call: ModelTextCall, options: ModelCallOptions): Promise<ModelReply<string>>;
}

/** The model is unavailable: its circuit is open, or the budget is used up. */
export class ModelUnavailable extends Error {
  override readonly name = "ModelUnavailable";

  /** @param delayMs time after which it may be asked again, in milliseconds */
  constructor(readonly delayMs: number, readonly wait: JobWait) {
    super(`The model cannot be asked now: ${wait.reason}`);
  }
}
