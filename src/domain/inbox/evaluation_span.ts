import { trace } from "@opentelemetry/api";
import { toTypeId } from "../id.ts";
import type { MeasuredSuggestion } from "./measure.ts";

const tracer = trace.getTracer("waybill");

/**
 * Reports a measured suggestion to the trace of the answer, as a span without a duration with the attributes of the event
 * `gen_ai.evaluation.result` of OpenTelemetry. It names the call of the model, and contains no texts. Without an exporter
 * (OTEL_DENO) it costs nothing.
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
