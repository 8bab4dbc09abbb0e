import { type Span, SpanKind, SpanStatusCode, trace } from "@opentelemetry/api";
import type { ModelRequest, ModelResult } from "../ai/model.ts";
import { toTypeId } from "../domain/id.ts";

const tracer = trace.getTracer("waybill");

/**
 * Runs a request in a span by the OpenTelemetry conventions for generative AI. It contains no texts. Without an
 * exporter (OTEL_DENO) the span costs nothing.
 *
 * @param server name of the provider: "api.openai.com", "127.0.0.1:11434"
 */
export function inModelSpan<T extends { readonly result: ModelResult }>(
  { model, maxOutputTokens, answerSchema }: ModelRequest,
  server: string,
  { callId, jobId }: { readonly callId: string; readonly jobId: string | null },
  run: () => Promise<T>,
): Promise<T> {
  const options = {
    kind: SpanKind.CLIENT,
    attributes: {
      "waybill.call.id": toTypeId("aiCall", callId),
      ...jobId && { "waybill.job.id": toTypeId("job", jobId) },
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": "openai",
      "gen_ai.request.model": model,
      "gen_ai.request.max_tokens": maxOutputTokens,
      "gen_ai.request.stream": true,
      "gen_ai.output.type": answerSchema ? "json" : "text",
      "server.address": server,
    },
  };
  return tracer.startActiveSpan(`chat ${model}`, options, async (span) => {
    try {
      const ran = await run();
      setResult(span, ran.result);
      return ran;
    } catch (error) {
      setError(span, error instanceof Error ? error.name : "_OTHER");
      throw error;
    } finally {
      span.end();
    }
  });
}

function setResult(span: Span, result: ModelResult): void {
  const { usage, firstTokenMs } = result.outcome === "answered" ? result.answer : result;
  if (firstTokenMs !== null) {
    span.setAttribute("gen_ai.response.time_to_first_chunk", firstTokenMs / 1_000);
  }
  if (usage) {
    span.setAttributes({
      "gen_ai.usage.input_tokens": usage.inputTokens,
      "gen_ai.usage.output_tokens": usage.outputTokens,
      "gen_ai.usage.cache_read.input_tokens": usage.cachedInputTokens,
      "gen_ai.usage.reasoning.output_tokens": usage.reasoningTokens,
    });
  }
  if (result.outcome === "failed") return setError(span, result.error.code ?? result.error.type);
  const { model, finishReason } = result.answer;
  span.setAttribute("gen_ai.response.model", model);
  if (finishReason) span.setAttribute("gen_ai.response.finish_reasons", [finishReason]);
}

function setError(span: Span, type: string): void {
  span.setAttribute("error.type", type);
  span.setStatus({ code: SpanStatusCode.ERROR });
}
