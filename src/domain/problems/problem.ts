import type { Noun } from "../id.ts";

/** Kind of work whose failures are grouped. */
export type ProblemSource = keyof typeof PROBLEM_SOURCES;

/**
 * Kinds of work whose failures are grouped: the noun that fails, the noun that is affected, and a description
 * for users. A new source needs one line here, and reports its failures by `reportProblems`.
 */
export const PROBLEM_SOURCES = {
  DELIVERY: {
    subject: "delivery",
    affected: "message",
    description: "Attempts of deliveries that failed, bounced or may have been lost.",
  },
  JOB: {
    subject: "job",
    affected: "job",
    description: "Attempts of jobs that failed, timed out or crashed.",
  },
  AI_CALL: {
    subject: "job",
    affected: "job",
    description:
      "Failed requests to the language model because of which jobs wait. A request that fails its job " +
      "counts as JOB.",
  },
  WEBHOOK: {
    subject: "webhookCall",
    affected: "webhookEndpoint",
    description: "Attempts of calls to webhook endpoints that failed.",
  },
} as const satisfies Readonly<
  Record<string, { subject: Noun; affected: Noun; description: string }>
>;

/**
 * OPEN: needs attention. RESOLVED: marked as fixed by a person; the next failure opens it again. IGNORED:
 * hidden until a time or a rate of failures.
 */
export type ProblemState = "OPEN" | "RESOLVED" | "IGNORED";

/** Failures of one organization that have the same cause. */
export interface Problem {
  readonly id: string;
  readonly organizationId: string;
  readonly source: ProblemSource;
  /** Kind of the jobs, channel of the deliveries, name of the model, or URL of the endpoint. */
  readonly origin: string;
  /** Provider of the deliveries or of the model, if the failure is about it. */
  readonly provider: string | null;
  readonly errorType: string;
  readonly code: string | null;
  /** Text of the error without its variable parts; "" if nothing else is left. */
  readonly pattern: string;
  readonly state: ProblemState;
  /** Number of failures. */
  readonly count: number;
  /** Number of messages of the deliveries, of jobs, or of webhook endpoints. */
  readonly affectedCount: number;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  /** Time of the failure, or of the end of ignoring, that opened it again; null: never. */
  readonly reopenedAt: Date | null;
  /** Time of the last decision of a person; null: none. */
  readonly changedAt: Date | null;
  readonly changedBy: string | null;
  readonly note: string | null;
  readonly ignoredUntil: Date | null;
  readonly ignoredPerHour: number | null;
}

/** Returns the title of a problem for people: job kind, model or URL of an endpoint, and the text of the error. */
export function titleOf({ source, origin, errorType, code, pattern }: Problem): string {
  const cause = pattern || code || errorType;
  return source === "DELIVERY" ? cause : `${origin}: ${cause}`;
}
