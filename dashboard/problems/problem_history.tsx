import { IconCircleCheck, IconEyeOff, IconRotate } from "@tabler/icons-react";
import { formatCount } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { Problem } from "./problem_fields.ts";
import { cameBack } from "./problem_state.tsx";

/** History of a problem: the last decision, its user and note, and whether the problem came back since. */
export function ProblemHistory({ problem }: { readonly problem: Problem }) {
  const { changedAt, changedBy, note, reopenedAt, state } = problem;
  if (changedAt === null) {
    return <p className="dimmed">Nothing yet. Resolve it once the cause is removed.</p>;
  }
  // The state tells the kind of the last decision, until the problem comes back.
  const verb = state === "IGNORED" ? "Ignored" : state === "RESOLVED" ? "Resolved" : "Closed";
  return (
    <ul className="history">
      <li>
        {state === "IGNORED"
          ? <IconEyeOff size={15} aria-hidden />
          : <IconCircleCheck size={15} aria-hidden />}
        <div>
          {verb} <RelativeTime at={changedAt} />
          {changedBy !== null && ` by ${changedBy}`}
          {state === "IGNORED" && <IgnoredFor problem={problem} />}
          {note !== null && <blockquote>{note}</blockquote>}
        </div>
      </li>
      {cameBack(problem) && reopenedAt !== null && (
        <li className="tone-person">
          <IconRotate size={15} aria-hidden />
          <div>
            Came back <RelativeTime at={reopenedAt} />
          </div>
        </li>
      )}
    </ul>
  );
}

function IgnoredFor({ problem: { ignoredUntil, ignoredPerHour } }: { readonly problem: Problem }) {
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
