import { IconCircleCheck, IconPlayerStop } from "@tabler/icons-react";
import { formatCount, formatDuration } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import type { Overview } from "./operations.ts";
import { ProcessorSettings } from "./processor_settings.tsx";

/** Cycle that queues the mails of campaigns: its state, settings and last result. */
export function ProcessorPanel({ processor, editable }: {
  readonly processor: Overview["processor"];
  /** Whether the caller may change the settings. */
  readonly editable: boolean;
}) {
  const { running, intervalMs, batchSize, lastCycleAt, lastCycleByType } = processor;
  return (
    <Panel title="Processor" link={{ to: "/campaigns", text: "Campaigns" }}>
      <p>
        {running
          ? <Status tone="done" icon={IconCircleCheck}>Running</Status>
          : <Status tone="person" icon={IconPlayerStop}>No worker runs</Status>}{" "}
        <span className="dimmed">
          A cycle every {formatDuration(intervalMs)} queues {formatCount(batchSize)}{" "}
          mails of each type in turn.
        </span>
      </p>
      <h3>Last cycle {lastCycleAt && <RelativeTime at={lastCycleAt} />}</h3>
      {lastCycleByType.length === 0 && (
        <p className="dimmed">
          {lastCycleAt ? "No mail of a campaign was due." : "There was none yet."}
        </p>
      )}
      <ul className="panel-rows">
        {lastCycleByType.map(({ type, count }) => (
          <li key={type} className="count-row">
            <span>{type}</span>
            <PageLink to="/deliveries" search={{ type }} className="numbers">
              {formatCount(count)}
            </PageLink>
          </li>
        ))}
      </ul>
      {editable && <ProcessorSettings intervalMs={intervalMs} batchSize={batchSize} />}
    </Panel>
  );
}
