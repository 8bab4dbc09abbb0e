import { Copy } from "../kit/copy.tsx";
import { Id, PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { ProblemDetails } from "./problem_details.ts";

type Example = ProblemDetails["examples"]["nodes"][number];

/** The last failures of a problem, with links to the deliveries, and the ids of other objects. */
export function ProblemExamples({ examples }: { readonly examples: readonly Example[] }) {
  return (
    <ol className="examples">
      {examples.map((example, index) => (
        <li key={index}>
          <div className="example-head">
            <Subject subject={example.subject} />
            <span className="dimmed">
              <RelativeTime at={example.at} />
            </span>
          </div>
          <code>{example.message}</code>
          <Copy value={example.message} label="error" />
        </li>
      ))}
    </ol>
  );
}

function Subject({ subject }: Pick<Example, "subject">) {
  if (!subject) return <span className="dimmed">deleted</span>;
  if (subject.__typename !== "Delivery") return <Id id={subject.id} />;
  const { message, recipient } = subject;
  if (!message) return <span>{recipient.address}</span>;
  return (
    <>
      <PageLink to={`/messages/${message.id}`} search={{ tab: "failed", delivery: subject.id }}>
        {recipient.address}
      </PageLink>
      <span className="dimmed">{message.title}</span>
    </>
  );
}
