import type { ReactNode } from "react";
import { useNow } from "../kit/clock.ts";
import { formatCount, formatDuration, formatFraction } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import type { Target } from "../kit/panel.tsx";
import { type Tone, toneColor } from "../kit/tone.ts";
import type { Overview } from "./operations.ts";
import { sentPerMinute } from "./rate.ts";

/** The numbers that matter most; each one leads to the list that it counts. */
export function Figures({ overview: { queue, deliveries } }: { readonly overview: Overview }) {
  const now = useNow();
  const { perMinute, successFraction, pendingByType } = deliveries;
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
    <dl className="figures overview-figures">
      <Figure
        label="Sent now"
        to="/deliveries"
        search={{ status: "SENT" }}
        note={`${formatCount(sum("sent"))} in the last hour`}
      >
        {formatCount(sentPerMinute(perMinute, now))}/min
      </Figure>
      <Figure
        label="Success, last hour"
        to="/messages"
        search={{ failures: "1" }}
        tone={failed > 0 ? "person" : undefined}
        note={`${formatCount(failed)} failed`}
      >
        {successFraction === null ? "–" : formatFraction(Math.floor(successFraction * 1000) / 1000)}
      </Figure>
      <Figure
        label="Recipients waiting"
        to="/deliveries"
        search={{ status: "PENDING,SENDING" }}
      >
        {formatCount(waiting)}
        {pendingByType.some((type) => type.capped) && "+"}
      </Figure>
      <Figure
        label="Jobs waiting"
        to="/jobs"
        search={{ status: "QUEUED" }}
        note={oldest < Infinity ? `oldest ${formatDuration(Math.max(0, now - oldest))}` : undefined}
      >
        {formatCount(jobs("QUEUED"))}
        {capped}
      </Figure>
      <Figure label="Jobs running" to="/jobs" search={{ status: "PROCESSING" }}>
        {formatCount(jobs("PROCESSING"))}
      </Figure>
      <Figure
        label="Jobs failed"
        to="/jobs"
        search={{ status: "FAILED" }}
        tone={jobs("FAILED") > 0 ? "person" : undefined}
      >
        {formatCount(jobs("FAILED"))}
        {capped}
      </Figure>
    </dl>
  );
}

function Figure({ label, to, search, note, tone, children }: Target & {
  readonly label: string;
  readonly note?: string;
  readonly tone?: Tone;
  readonly children: ReactNode;
}) {
  return (
    <div>
      <dt>{label}</dt>
      <dd className="numbers">
        <PageLink to={to} search={search} style={{ color: tone && toneColor(tone) }}>
          {children}
        </PageLink>
        {note && <span className="dimmed">{note}</span>}
      </dd>
    </div>
  );
}
