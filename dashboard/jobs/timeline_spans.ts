import type { JobDetail } from "./job_query.ts";

/** Change of the state of a job. */
export type Moment = JobDetail["timeline"][number];

/** Time that a job spent in one way. */
export interface Span {
  readonly use: "WAITED" | "RAN" | "PUT_OFF" | "ENDED";
  readonly from: number;
  readonly ms: number;
}

const USES = {
  QUEUED: "WAITED",
  RESCUED: "WAITED",
  STARTED: "RAN",
  PUT_OFF: "PUT_OFF",
  COMPLETED: "ENDED",
  FAILED: "ENDED",
  CANCELLED: "ENDED",
} as const satisfies Record<Moment["state"], Span["use"]>;

/**
 * Spans between the moments of a job, oldest first. The last one lasts until `now`, unless the job has ended.
 *
 * @param now in ms
 */
export function spansOf(moments: readonly Moment[], now: number): Span[] {
  return moments.flatMap(({ at, state }, index) => {
    const from = new Date(at).getTime();
    const next = moments[index + 1];
    const use = USES[state];
    if (!next && use === "ENDED") return [];
    return [{ use, from, ms: Math.max(0, (next ? new Date(next.at).getTime() : now) - from) }];
  });
}

/** Sum of the spans of one use, in ms. */
export function totalOf(spans: readonly Span[], use: Span["use"]): number {
  return spans.reduce((sum, span) => sum + (span.use === use ? span.ms : 0), 0);
}
