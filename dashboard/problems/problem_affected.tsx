import { formatCount, formatEnum, formatNumberOf } from "../kit/format.ts";
import { Id, PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { ProblemDetails } from "./problem_details.ts";

type Affected = ProblemDetails["affected"];
type AffectedSubject = Affected["nodes"][number]["subject"];

/** Messages, jobs or webhook endpoints that a problem affects, newest first. */
export function ProblemAffected({ affected, total }: {
  readonly affected: Affected;
  /** Number of all affected objects. */
  readonly total: number;
}) {
  return (
    <>
      <ul className="affected">
        {affected.nodes.map(({ subject, count, lastSeenAt }, index) => (
          <li key={subject?.id ?? index}>
            <Subject subject={subject} />
            <span className="numbers">{formatNumberOf(count, "failure")}</span>
            <span className="dimmed">
              <RelativeTime at={lastSeenAt} />
            </span>
          </li>
        ))}
      </ul>
      {affected.pageInfo.hasNextPage && (
        <p className="dimmed">
          The newest {formatCount(affected.nodes.length)} of {formatCount(total)}.
        </p>
      )}
    </>
  );
}

function Subject({ subject }: { readonly subject: AffectedSubject }) {
  switch (subject?.__typename) {
    case "Message":
      return (
        <PageLink to={`/messages/${subject.id}`} search={{ tab: "failed" }}>
          {subject.title}
        </PageLink>
      );
    case "Job":
      return (
        <span>
          {formatEnum(subject.kind)} <span className="dimmed">{formatEnum(subject.status)}</span>
          {" "}
          <Id id={subject.id} />
        </span>
      );
    case "WebhookEndpoint":
      return <PageLink to={`/webhooks/${subject.id}`}>{subject.url}</PageLink>;
    default:
      return <span className="dimmed">deleted</span>;
  }
}
