import { trace } from "@opentelemetry/api";
import { toTypeId } from "../id.ts";
import type { MeasuredSuggestion } from "./measure.ts";

const tracer = trace.getTracer("waybill");

/**
 * Traces a measured suggestion as a span without duration, with the attributes of the OpenTelemetry event
 * `gen_ai.evaluation.result`. It has the id of the model call, and no texts. Without an exporter (OTEL_DENO) it has no
 * effect.
 */
export function traceEvaluation({ id, outcome, similarity, aiCallId }: MeasuredSuggestion): void {
  if (similarity === null || aiCallId === null) return;
  tracer.startSpan("gen_ai.evaluation.result", {
    attributes: {
      "gen_ai.evaluation.name": "similarity",
      "gen_ai.evaluation.score.value": similarity,
      "gen_ai.evaluation.score.label": outcome,
      "waybill.suggestion.id": toTypeId("suggestion", id),
      "waybill.call.id": toTypeId("aiCall", aiCallId),
    },
  }).end();
}
