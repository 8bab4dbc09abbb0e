import { formatCount, formatEnum, formatNumberOf } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Problem } from "./problem_fields.ts";

/** "3 messages", "1 job" */
export function affectedText({ source, affectedCount }: Problem): string {
  return formatNumberOf(affectedCount, source === "DELIVERY" ? "message" : "job");
}

/** Numbers of a problem: failures, affected objects, first and last seen. */
export function ProblemFigures({ problem }: { readonly problem: Problem }) {
  const { count, source, affectedCount, firstSeenAt, lastSeenAt } = problem;
  return (
    <dl className="figures">
      <div>
        <dt>Failures</dt>
        <dd className="numbers">{formatCount(count)}</dd>
      </div>
      <div>
        <dt>{source === "DELIVERY" ? "Messages affected" : "Jobs affected"}</dt>
        <dd className="numbers">{formatCount(affectedCount)}</dd>
      </div>
      <div>
        <dt>First seen</dt>
        <dd>
          <RelativeTime at={firstSeenAt} />
        </dd>
      </div>
      <div>
        <dt>Last seen</dt>
        <dd>
          <RelativeTime at={lastSeenAt} />
        </dd>
      </div>
    </dl>
  );
}

/** Where a problem occurs, in one line: "E-mail · smtp.one · ACCESS_TOKEN · 535 5.7.8" */
export function placeOf({ channel, kind, provider, errorType, code }: Problem): string {
  return [channel && formatEnum(channel), kind, provider, errorType, code].filter(Boolean)
    .join(" · ");
}
