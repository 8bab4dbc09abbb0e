import type { ReactNode } from "react";
import { useNow } from "../kit/clock.ts";
import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount, formatDuration, formatFraction } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import type { Target } from "../kit/panel.tsx";
import { type Tone, toneColor } from "../kit/tone.ts";
import type { Overview } from "./operations.ts";
import { sentPerMinute } from "./rate.ts";

const FAILED_IN_HOUR = { status: "FAILED", failed: "1h" };

/** The numbers that matter most; each one leads to what it counts. */
export function OverviewFigures({ overview }: { readonly overview: Overview }) {
  const now = useNow();
  const { queue, deliveries: { perMinute, successFraction, pendingByType } } = overview;
  const sum = (key: "sent" | "failed") => perMinute.reduce((total, point) => total + point[key], 0);
  const failed = sum("failed");
  const waiting = pendingByType.reduce((total, { count }) => total + count, 0);
  const jobs = (status: string) =>
    queue.byStatus.find((each) => each.status === status)?.count ?? 0;
  const capped = queue.byLane.some((lane) => lane.capped) ? "+" : "";
  const oldest = Math.min(
    ...queue.byLane.flatMap(({ oldestQueuedAt }) =>
      oldestQueuedAt === null ? [] : [new Date(oldestQueuedAt).getTime()]
    ),
  );
  return (
    <Figures className="overview-figures">
      <LinkedFigure
        label="Send rate"
        to="/deliveries"
        search={{ status: "SENT" }}
        note={`${formatCount(sum("sent"))} in the last hour`}
      >
        {formatCount(sentPerMinute(perMinute, now))}/min
      </LinkedFigure>
      <LinkedFigure
        label="Success, last hour"
        to="/deliveries"
        search={{ tab: "analytics", period: "1h" }}
        tone={failed > 0 ? "person" : undefined}
        note={
          <PageLink to="/deliveries" search={FAILED_IN_HOUR}>{formatCount(failed)} failed</PageLink>
        }
      >
        {successFraction === null ? "–" : formatFraction(Math.floor(successFraction * 1000) / 1000)}
      </LinkedFigure>
      <LinkedFigure
        label="Recipients waiting"
        to="/deliveries"
        search={{ status: "PENDING,SENDING" }}
      >
        {formatCount(waiting)}
        {pendingByType.some((type) => type.capped) && "+"}
      </LinkedFigure>
      <LinkedFigure
        label="Jobs waiting"
        to="/jobs"
        search={{ status: "QUEUED" }}
        note={oldest < Infinity && `oldest ${formatDuration(Math.max(0, now - oldest))}`}
      >
        {formatCount(jobs("QUEUED"))}
        {capped}
      </LinkedFigure>
      <LinkedFigure label="Jobs running" to="/jobs" search={{ status: "PROCESSING" }}>
        {formatCount(jobs("PROCESSING"))}
      </LinkedFigure>
      <LinkedFigure
        label="Jobs failed"
        to="/jobs"
        search={{ status: "FAILED" }}
        tone={jobs("FAILED") > 0 ? "person" : undefined}
      >
        {formatCount(jobs("FAILED"))}
        {capped}
      </LinkedFigure>
    </Figures>
  );
}

function LinkedFigure({ label, to, search, note, tone, children }: Target & {
  readonly label: string;
  readonly note?: ReactNode;
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <Figure label={label}>
      <PageLink to={to} search={search} style={{ color: tone && toneColor(tone) }}>
        {children}
      </PageLink>
      {note && <span className="note">{note}</span>}
    </Figure>
  );
}
