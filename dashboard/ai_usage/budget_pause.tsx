import { IconPlayerPause } from "@tabler/icons-react";
import { PageLink } from "../kit/links.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";

/** Notice that jobs wait for the budget. Renders nothing if no call was refused today. */
export function BudgetPause({ until }: { readonly until: string | null }) {
  if (until === null) return null;
  return (
    <p>
      <Status tone="patience" icon={IconPlayerPause}>Paused</Status>{" "}
      The next request may exceed the remaining budget.{" "}
      <PageLink to="/jobs" search={{ status: "QUEUED", lane: "AI" }} underline="always">
        Jobs of the AI lane
      </PageLink>{" "}
      wait until midnight (<RelativeTime at={until} />), or until the budget is raised.
    </p>
  );
}
