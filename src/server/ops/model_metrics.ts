import { Counter, Histogram, type Registry } from "prom-client";
import type { MeteredModelCall, ModelCallEnd } from "../../domain/meter.ts";

/** Metrics of the language model. */
export interface ModelMetrics {
  count(call: MeteredModelCall, end: ModelCallEnd): void;
  register(registry: Registry): void;
}

/** Creates the metrics of the language model. */
export function createModelMetrics(registers: Registry[]): ModelMetrics {
  const calls = new Counter({
    name: "waybill_model_calls_total",
    help:
      "Requests to the language model that have ended in this process; error_type is empty for those that succeeded.",
    labelNames: ["provider", "model", "kind", "outcome", "error_type"],
    registers,
  });
  const durations = new Histogram({
    name: "waybill_model_call_duration_seconds",
    help: "Time until the answer of the language model was complete, or failed.",
    labelNames: ["provider", "model", "kind"],
    buckets: [0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300, 900],
    registers,
  });
  const firstTexts = new Histogram({
    name: "waybill_model_first_text_seconds",
    help: "Time until the answer of the language model began.",
    labelNames: ["provider", "model", "kind"],
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
    registers,
  });
  const tokens = new Counter({
    name: "waybill_model_tokens_total",
    help:
      "Tokens that the language model has reported: input without cached ones, cached_input, output with reasoning.",
    labelNames: ["provider", "model", "kind", "type"],
    registers,
  });
  return {
    count(call, { outcome, errorType, seconds, firstTokenSeconds, usage }) {
      calls.inc({ ...call, outcome, error_type: errorType ?? "" });
      durations.observe({ ...call }, seconds);
      if (firstTokenSeconds !== null) firstTexts.observe({ ...call }, firstTokenSeconds);
      if (!usage) return;
      const { inputTokens, cachedInputTokens, outputTokens } = usage;
      tokens.inc({ ...call, type: "input" }, inputTokens - cachedInputTokens);
      tokens.inc({ ...call, type: "cached_input" }, cachedInputTokens);
      tokens.inc({ ...call, type: "output" }, outputTokens);
    },
    register(registry) {
      for (const metric of [calls, durations, firstTexts, tokens]) registry.registerMetric(metric);
    },
  };
}
