import { IconCircleCheck, IconEyeOff, IconRotate } from "@tabler/icons-react";
import { formatCount } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Problem } from "./problem_fields.ts";

type Decision = Problem["decisions"][number];

const ICONS = { OPEN: IconRotate, RESOLVED: IconCircleCheck, IGNORED: IconEyeOff };
const VERBS = { OPEN: "Opened again", RESOLVED: "Resolved", IGNORED: "Ignored" };

/**
 * History of a problem, latest first: the decisions with their users and notes, and the times at which it opened again.
 */
export function ProblemHistory({ problem: { decisions } }: { readonly problem: Problem }) {
  if (decisions.length === 0) {
    return <p className="dimmed">No action yet. Resolve the problem once its cause is fixed.</p>;
  }
  return (
    <ul className="history">
      {decisions.map((decision) => <HistoryEntry key={decision.at} decision={decision} />)}
    </ul>
  );
}

function HistoryEntry({ decision }: { readonly decision: Decision }) {
  const { at, state, by, note } = decision;
  const Icon = ICONS[state];
  return (
    <li className={state === "OPEN" ? "tone-person" : undefined}>
      <Icon size={15} aria-hidden />
      <div>
        {VERBS[state]} <RelativeTime at={at} />
        {by !== null && ` by ${by}`}
        {state === "IGNORED" && <IgnoredFor decision={decision} />}
        {note !== null && <blockquote>{note}</blockquote>}
      </div>
    </li>
  );
}

function IgnoredFor({ decision: { ignoredUntil, ignoredPerHour } }: {
  readonly decision: Decision;
}) {
  if (ignoredUntil === null && ignoredPerHour === null) return ", without an end";
  return (
    <>
      , until
      {ignoredUntil !== null && (
        <>
          {" "}
          <RelativeTime at={ignoredUntil} />
        </>
      )}
      {ignoredUntil !== null && ignoredPerHour !== null && " or"}
      {ignoredPerHour !== null && ` more than ${formatCount(ignoredPerHour)} failures in an hour`}
    </>
  );
}
