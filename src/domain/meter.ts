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
}

/** Job as its metrics name it. */
export interface MeteredJob {
  readonly lane: string;
  readonly kind: string;
}
