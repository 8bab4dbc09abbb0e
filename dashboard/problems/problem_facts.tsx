import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount, formatEnum, formatNumberOf } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Problem, ProblemSource } from "./problem_fields.ts";

/** "3 messages", "1 job" */
export function affectedText({ source, affectedCount }: Problem): string {
  return formatNumberOf(affectedCount, AFFECTED[source].one);
}

/** Objects that problems of a kind of work affect. */
export const AFFECTED: Readonly<Record<ProblemSource, { one: string; heading: string }>> = {
  DELIVERY: { one: "message", heading: "Messages affected" },
  JOB: { one: "job", heading: "Jobs affected" },
  AI_CALL: { one: "job", heading: "Jobs affected" },
  WEBHOOK: { one: "endpoint", heading: "Endpoints affected" },
};

/** Numbers of a problem: failures, affected objects, first and last seen. */
export function ProblemFigures({ problem }: { readonly problem: Problem }) {
  const { count, source, affectedCount, firstSeenAt, lastSeenAt } = problem;
  return (
    <Figures>
      <Figure label="Failures">{formatCount(count)}</Figure>
      <Figure label={AFFECTED[source].heading}>{formatCount(affectedCount)}</Figure>
      <Figure label="First seen">
        <RelativeTime at={firstSeenAt} />
      </Figure>
      <Figure label="Last seen">
        <RelativeTime at={lastSeenAt} />
      </Figure>
    </Figures>
  );
}

/** Where a problem occurs, in one line: "Email · smtp.one · ACCESS_TOKEN · 535 5.7.8" */
export function placeOf({ channel, kind, provider, errorType, code }: Problem): string {
  return [channel && formatEnum(channel), kind && formatEnum(kind), provider, errorType, code]
    .filter(Boolean)
    .join(" · ");
}
