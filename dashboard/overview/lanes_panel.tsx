import { IconPlayerPause } from "@tabler/icons-react";
import { formatCount, formatElapsed, formatEnum } from "../kit/format.ts";
import { Gauge } from "../kit/gauge.tsx";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import { useViewer } from "../shell/viewer.tsx";
import type { LaneState } from "./operations.ts";

/** Lanes with slots in use and waiting jobs. */
export function LanesPanel({ lanes }: { readonly lanes: readonly LaneState[] }) {
  const { role } = useViewer();
  const link = { to: "/installation", text: "Manage lanes" };
  return (
    <Panel title="Lanes" link={role === "OPERATOR" ? link : undefined}>
      <ul className="panel-rows">
        {lanes.map((lane) => <LaneRow key={lane.lane} lane={lane} />)}
      </ul>
    </Panel>
  );
}

function LaneRow({ lane: state }: { readonly lane: LaneState }) {
  const { lane, queued, capped } = state;
  return (
    <li className="lane-row">
      <strong>{formatEnum(lane)}</strong>
      <LaneSlots state={state} />
      <PageLink to="/jobs" search={{ lane, status: "QUEUED" }} className="numbers">
        {formatCount(queued)}
        {capped && "+"} waiting
      </PageLink>
      <LanePace state={state} />
    </li>
  );
}

function LaneSlots({ state }: { readonly state: LaneState }) {
  const { paused, pausedAt, pausedBy, slots, running } = state;
  if (paused) {
    return (
      <span>
        <Status tone="patience" icon={IconPlayerPause}>{`Paused by ${pausedBy}`}</Status>{" "}
        {pausedAt && <RelativeTime at={pausedAt} />}
      </span>
    );
  }
  return slots === 0
    ? <span className="dimmed">no worker serves it</span>
    : <Gauge running={running} slots={slots} />;
}

function LanePace({ state: { p95Ms, perMinute, oldestQueuedAt } }: { readonly state: LaneState }) {
  const parts = [
    oldestQueuedAt !== null && (
      <span key="oldest">
        oldest <RelativeTime at={oldestQueuedAt} />
      </span>
    ),
    perMinute >= 0.1 && <span key="rate">{formatCount(Math.round(perMinute * 10) / 10)}/min</span>,
    p95Ms !== null && <span key="p95">p95 {formatElapsed(p95Ms)}</span>,
  ].filter(Boolean);
  return parts.length > 0 && <span className="lane-pace dimmed numbers">{parts}</span>;
}
