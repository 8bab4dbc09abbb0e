import { IconHourglass } from "@tabler/icons-react";
import { RelativeTime } from "./relative_time.tsx";

/** Reason why an object waits; nothing if it does not. */
export function Waiting({ reason, until }: {
  readonly reason: string | null | undefined;
  /** Time of its next attempt, if it is known. */
  readonly until?: string | null;
}) {
  if (reason == null) return null;
  return (
    <p className="waiting">
      <IconHourglass size={15} aria-hidden />
      <span>
        {reason}
        {until && (
          <>
            {" "}(<RelativeTime at={until} />)
          </>
        )}
      </span>
    </p>
  );
}
