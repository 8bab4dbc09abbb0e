import type { EmbeddingResult } from "../ai/model.ts";
import type { Embedder, EmbedRequest } from "../domain/embedder.ts";
import { reserveCall } from "../domain/ai_usage/reserve.ts";
import { settleCall, type SettledCall } from "../domain/ai_usage/settle.ts";
import type { Services } from "../domain/services.ts";
import type { LiveModel } from "./live_model.ts";
import { failureOf, priceUnknown, unavailableUntil } from "./model_failures.ts";
import { reportCall, reportUnsettled } from "./model_report.ts";

/** Requests embeddings of the configured server: reserves the cost, and records each call. */
export class LiveEmbedder implements Embedder {
  readonly #services: Services;
  readonly #live: LiveModel;
  readonly model: string;

  constructor(services: Services, live: LiveModel, model: string) {
    this.#services = services;
    this.#live = live;
    this.model = model;
  }

  async embed(
    request: EmbedRequest,
    signal: AbortSignal,
  ): Promise<readonly (readonly number[])[]> {
    const { texts } = request;
    const callId = await this.#reserve(request);
    const startedAt = performance.now();
    const settle = (end: Pick<SettledCall, "outcome" | "usage" | "error">) =>
      this.#settle(request, callId, {
        ...end,
        firstTokenMs: null,
        durationMs: performance.now() - startedAt,
      });
    let result: EmbeddingResult;
    try {
      result = await this.#live.embed({ model: this.model, texts }, signal);
    } catch (error) {
      await settle({ outcome: "CANCELLED", usage: null, error: null })
        .catch((cause) => reportUnsettled(callId, cause));
      throw error;
    }
    if (result.outcome === "failed") {
      await settle({ outcome: "FAILED", usage: null, error: result.error });
      throw failureOf(result.error);
    }
    await settle({ outcome: "SUCCEEDED", usage: usageOf(result.inputTokens), error: null });
    return result.vectors;
  }

  async #reserve({ organizationId, jobId, texts }: EmbedRequest): Promise<string> {
    const reservation = await reserveCall(this.#services, {
      organizationId,
      jobId,
      subject: null,
      kind: "EMBEDDING",
      model: this.model,
      promptId: null,
      // Each byte is at most one token, because tokenizers of these models work on bytes.
      upperBound: { inputTokens: new TextEncoder().encode(texts.join("")).length, outputTokens: 0 },
    });
    if (reservation.type === "reserved") return reservation.callId;
    if (reservation.reason === "PRICE_UNKNOWN") throw priceUnknown(this.model);
    throw unavailableUntil(reservation.until);
  }

  async #settle({ jobId }: EmbedRequest, callId: string, end: SettledCall): Promise<void> {
    const { model } = this;
    const call = { kind: "EMBEDDING", jobId, subject: null } as const;
    reportCall(this.#services, { model, provider: this.#live.provider }, call, callId, end);
    await settleCall(this.#services, callId, end);
  }
}

function usageOf(inputTokens: number | null): SettledCall["usage"] {
  return inputTokens === null
    ? null
    : { inputTokens, outputTokens: 0, cachedInputTokens: 0, reasoningTokens: 0 };
}
