import { Counter, Histogram, type Registry } from "prom-client";
import type { Meter } from "../../domain/meter.ts";
import { createModelMetrics } from "./model_metrics.ts";

/** Meter whose metrics a registry can serve. */
export interface ServedMeter extends Meter {
  register(registry: Registry): void;
}

/** Creates the meter of a process. */
export function createMeter(): ServedMeter {
  const registers: Registry[] = [];
  const jobAttempts = new Counter({
    name: "waybill_job_attempts_total",
    help: "Attempts at jobs that have ended in this process.",
    labelNames: ["lane", "kind", "outcome"],
    registers,
  });
  const jobDurations = new Histogram({
    name: "waybill_job_attempt_duration_seconds",
    help: "Duration of the attempts at jobs that have ended in this process.",
    labelNames: ["lane", "kind"],
    buckets: [0.01, 0.05, 0.25, 1, 5, 30, 120, 600],
    registers,
  });
  const answers = new Counter({
    name: "waybill_provider_answers_total",
    help: "Answers of providers to mails of this process; error_type is empty for accepted ones.",
    labelNames: ["provider", "outcome", "error_type"],
    registers,
  });
  const answerTimes = new Histogram({
    name: "waybill_provider_answer_duration_seconds",
    help: "Time until a provider answered, with the waits for its rate limit and for a connection.",
    labelNames: ["provider"],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30],
    registers,
  });
  const model = createModelMetrics(registers);
  return {
    modelCall: model.count,
    jobAttempt({ lane, kind }, outcome, seconds) {
      jobAttempts.inc({ lane, kind, outcome });
      jobDurations.observe({ lane, kind }, seconds);
    },
    mailAnswer(provider, errorType, seconds) {
      const outcome = errorType === null ? "sent" : "failed";
      answers.inc({ provider, outcome, error_type: errorType ?? "" });
      answerTimes.observe({ provider }, seconds);
    },
    register(registry) {
      registry.registerMetric(jobAttempts);
      registry.registerMetric(jobDurations);
      registry.registerMetric(answers);
      registry.registerMetric(answerTimes);
      model.register(registry);
    },
  };
}
