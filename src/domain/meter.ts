import type { ModelUsage } from "../ai/model.ts";

/** Counts events of this process for /metrics. Its functions return at once and never throw. */
export interface Meter {
  /**
   * Counts an attempt at a job that has ended.
   *
   * @param outcome "done", "retry", "fail" …
   */
  jobAttempt(job: MeteredJob, outcome: string, seconds: number): void;
  /**
   * Counts the answer of a provider to a mail.
   *
   * @param provider name: "smtp.example.com:587"
   * @param errorType type of the failure; null: the provider has accepted the mail
   */
  mailAnswer(provider: string, errorType: string | null, seconds: number): void;
  /** Counts a request to the language model that has ended. */
  modelCall(call: MeteredModelCall, end: ModelCallEnd): void;
}

/** Request to the language model as its metrics name it. */
export interface MeteredModelCall {
  /** "api.openai.com". */
  readonly provider: string;
  readonly model: string;
  readonly kind: string;
}

/** End of a request to the language model. */
export interface ModelCallEnd {
  /** "SUCCEEDED", "FAILED" … */
  readonly outcome: string;
  /** Null: it did not fail. */
  readonly errorType: string | null;
  readonly seconds: number;
  /** Null: there was no text. */
  readonly firstTokenSeconds: number | null;
  /** Null: unknown. */
  readonly usage: ModelUsage | null;
}

/** Job as its metrics name it. */
export interface MeteredJob {
  readonly lane: string;
  readonly kind: string;
}
