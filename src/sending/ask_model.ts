import type { ModelAnswer, ModelRequest, ModelTurn } from "../ai/model.ts";
import type { ModelError } from "../ai/openai_failure.ts";
import { reportFailedCall } from "../domain/ai_usage/report_problem.ts";
import { reserveCall } from "../domain/ai_usage/reserve.ts";
import { settleCall, type SettledCall } from "../domain/ai_usage/settle.ts";
import { JobFailure } from "../domain/jobs/outcome.ts";
import type { Services } from "../domain/services.ts";
import type { CircuitResult, LiveModel } from "./live_model.ts";
import {
  type AnswerCheck,
  type CheckedAnswer,
  checkOf,
  correctionOf,
  textCheckOf,
} from "./model_answer.ts";
import {
  type ModelCall,
  type ModelCaller,
  type ModelCallOptions,
  type ModelQuestion,
  type ModelReply,
  type ModelTextCall,
} from "./model_caller.ts";
import { failureOf, priceUnknown, unavailableUntil } from "./model_failures.ts";
import { reportCall, reportUnsettled } from "./model_report.ts";
import { inModelSpan } from "./model_span.ts";

const MAX_ERROR = 512;

/** Question with the format of its answer. */
type Asked = ModelQuestion & Pick<ModelCall<unknown>, "answer"> | ModelTextCall;

/** Answer to one request. */
interface Answered<T> {
  readonly answer: ModelAnswer;
  readonly checked: CheckedAnswer<T>;
  readonly callId: string;
  readonly costMicros: bigint | null;
}

/** Asks one model: reserves the cost, passes the circuit, checks the answer and records each request. */
export class LiveModelCaller implements ModelCaller {
  readonly #services: Services;
  readonly #model: LiveModel | null;

  /** @param model null: none is configured */
  constructor(services: Services, model: LiveModel | null) {
    this.#services = services;
    this.#model = model;
  }

  call<T>(call: ModelCall<T>, options: ModelCallOptions): Promise<ModelReply<T>>;
  call(call: ModelTextCall, options: ModelCallOptions): Promise<ModelReply<string>>;
  async call<T>(
    call: ModelCall<T> | ModelTextCall,
    options: ModelCallOptions,
  ): Promise<ModelReply<T | string>> {
    const model = this.#model;
    if (!model) throw notConfigured();
    return call.answer === null
      ? await this.#ask(model, call, textCheckOf(call), options)
      : await this.#ask(model, call, checkOf(call), options);
  }

  /** Sends the question, and once more with the faults of an invalid answer. */
  async #ask<T>(
    model: LiveModel,
    call: Asked,
    check: AnswerCheck<T>,
    options: ModelCallOptions,
  ): Promise<ModelReply<T>> {
    const first = await this.#request(model, call, check, [], options);
    if (first.checked.valid) return replyOf(first, first.checked.value, first.costMicros);
    const turn = { answer: first.answer.text, correction: correctionOf(first.checked.faults) };
    const second = await this.#request(model, call, check, [turn], options);
    if (!second.checked.valid) throw invalidAnswer(second.checked.faults);
    const known = first.costMicros !== null && second.costMicros !== null;
    const costMicros = known ? first.costMicros + second.costMicros : null;
    return replyOf(second, second.checked.value, costMicros);
  }

  async #request<T>(
    model: LiveModel,
    call: Asked,
    check: AnswerCheck<T>,
    turns: readonly ModelTurn[],
    options: ModelCallOptions,
  ): Promise<Answered<T>> {
    const request = requestOf(model.model, call, turns);
    const epoch = await model.admit();
    const callId = await this.#reserve(model, call, request).catch(async (error) => {
      await model.release(epoch);
      throw error;
    });
    const startedAt = performance.now();
    const settle = (end: Omit<SettledCall, "durationMs">) =>
      this.#settle(model, call, callId, { ...end, durationMs: performance.now() - startedAt });
    const { result, ...circuit } = await this.#send(model, epoch, call, callId, request, options)
      .catch(async (error) => {
        await settle(endOfAbort(error, options.signal)).catch((cause) =>
          reportUnsettled(callId, cause)
        );
        throw error;
      });
    if (result.outcome === "failed") {
      await settle(endOfFailure(result));
      const unavailable = model.unavailableAfter({ result, ...circuit });
      if (unavailable) await this.#reportProblem(model, call, result.error);
      throw unavailable ?? failureOf(result.error);
    }
    const { answer } = result;
    const checked = check(answer);
    const costMicros = await settle(endOfAnswer(answer, checked));
    return { answer, checked, callId, costMicros };
  }

  #send(
    model: LiveModel,
    epoch: number,
    call: Asked,
    callId: string,
    request: ModelRequest,
    options: ModelCallOptions,
  ): Promise<CircuitResult> {
    return inModelSpan(
      request,
      model.provider,
      { callId, jobId: call.jobId },
      () => model.ask(epoch, request, options),
    );
  }

  async #reserve(model: LiveModel, call: Asked, request: ModelRequest): Promise<string> {
    const { organizationId, jobId, subject, kind, promptId } = call;
    const reservation = await reserveCall(this.#services, {
      organizationId,
      jobId,
      subject,
      kind,
      model: model.model,
      promptId,
      upperBound: {
        inputTokens: model.maxInputTokens(request),
        outputTokens: request.maxOutputTokens,
      },
    });
    if (reservation.type === "reserved") return reservation.callId;
    if (reservation.reason === "PRICE_UNKNOWN") throw priceUnknown(model.model);
    throw unavailableUntil(reservation.until);
  }

  async #reportProblem(model: LiveModel, call: Asked, error: ModelError): Promise<void> {
    const { organizationId, jobId } = call;
    if (jobId === null) return;
    const { model: name, provider } = model;
    await reportFailedCall(this.#services, { organizationId, jobId, model: name, provider, error });
  }

  async #settle(
    model: LiveModel,
    call: Asked,
    callId: string,
    end: SettledCall,
  ): Promise<bigint | null> {
    reportCall(this.#services, model, call, callId, end);
    return (await settleCall(this.#services, callId, end)).costMicros;
  }
}

function requestOf(model: string, call: Asked, turns: readonly ModelTurn[]): ModelRequest {
  const { instructions, input, maxOutputTokens, answer, kind } = call;
  return {
    model,
    instructions,
    input,
    turns,
    maxOutputTokens,
    answerSchema: answer && { name: kind.toLowerCase(), schema: answer },
  };
}

function replyOf<T>(
  { answer: { text, model, usage }, callId }: Answered<T>,
  value: T,
  costMicros: bigint | null,
): ModelReply<T> {
  return { value, text, callId, model, usage, costMicros };
}

function endOfAnswer(
  { usage, firstTokenMs }: ModelAnswer,
  checked: CheckedAnswer<unknown>,
): Omit<SettledCall, "durationMs"> {
  if (checked.valid) return { outcome: "SUCCEEDED", usage, firstTokenMs, error: null };
  const message = checked.faults.join("; ").slice(0, MAX_ERROR);
  const error = { type: INVALID_ANSWER, code: null, message };
  return { outcome: INVALID_ANSWER, usage, firstTokenMs, error };
}

function endOfFailure(
  { error, usage, firstTokenMs }: Extract<CircuitResult["result"], { outcome: "failed" }>,
): Omit<SettledCall, "durationMs"> {
  const outcome = error.code === "ETIMEDOUT" ? "TIMED_OUT" : "FAILED";
  return { outcome, usage, firstTokenMs, error };
}

function endOfAbort(error: unknown, signal: AbortSignal): Omit<SettledCall, "durationMs"> {
  const message = (error instanceof Error ? error.message : String(error)).slice(0, MAX_ERROR);
  return {
    outcome: signal.aborted ? "CANCELLED" : "FAILED",
    usage: null,
    firstTokenMs: null,
    error: { type: signal.aborted ? "ABORTED" : "INTERNAL", code: null, message },
  };
}

const INVALID_ANSWER = "INVALID_ANSWER";

function invalidAnswer(faults: readonly string[]): JobFailure {
  const message = `The model answered twice, but not as it was asked to: ${faults.join("; ")}`;
  return new JobFailure(INVALID_ANSWER, message, { retryable: false });
}

function notConfigured(): JobFailure {
  const message = "Cannot ask the language model: none is configured; set OPENAI_API_KEY, or " +
    "OPENAI_BASE_URL for a server without keys, and restart";
  return new JobFailure("MODEL_NOT_CONFIGURED", message, { retryable: false });
}
