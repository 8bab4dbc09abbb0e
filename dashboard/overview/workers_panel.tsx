import type { WorkerState } from "../installation/operations.ts";
import { formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";

/** Workers with their running jobs and last heartbeat. */
export function WorkersPanel({ workers }: { readonly workers: readonly WorkerState[] }) {
  return (
    <Panel title="Workers" link={{ to: "/installation", text: "All workers" }}>
      {workers.length === 0 && (
        <p className="tone-person">No worker is running, so all jobs wait.</p>
      )}
      <ul className="panel-rows">
        {workers.map(({ id, host, runningJobCount, heartbeatAt }) => (
          <li key={id} className="provider-row">
            <span>{host}</span>
            <PageLink to="/jobs" search={{ status: "PROCESSING" }} className="numbers">
              {formatNumberOf(runningJobCount, "running job")}
            </PageLink>
            <RelativeTime at={heartbeatAt} />
          </li>
        ))}
      </ul>
    </Panel>
  );
}
