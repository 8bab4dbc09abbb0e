import {
  IconCircleCheck,
  IconCircleX,
  IconClockPause,
  IconHourglass,
  IconLifebuoy,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { useNow } from "../kit/clock.ts";
import { formatElapsed } from "../kit/format.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { toneColor } from "../kit/tone.ts";
import { JobWorker } from "./job_worker.tsx";
import { type Moment, type Span, spansOf, totalOf } from "./timeline_spans.ts";

const LOOKS = {
  QUEUED: ["wait", IconHourglass],
  STARTED: ["run", IconPlayerPlay],
  PUT_OFF: ["patience", IconClockPause],
  RESCUED: ["patience", IconLifebuoy],
  COMPLETED: ["done", IconCircleCheck],
  FAILED: ["person", IconCircleX],
  CANCELLED: ["wait", IconX],
} as const satisfies Record<Moment["state"], unknown>;

const USES = {
  WAITED: ["waited", toneColor("wait")],
  RAN: ["ran", toneColor("run")],
  PUT_OFF: ["postponed", toneColor("patience")],
  ENDED: ["ended", "var(--line)"],
} as const satisfies Record<Span["use"], unknown>;

const COUNTED = ["WAITED", "RAN", "PUT_OFF"] as const;

/** Timeline of a job: a bar of its waiting and running times, and its state changes in words. */
export function JobTimeline({ moments }: { readonly moments: readonly Moment[] }) {
  return (
    <section>
      <h3>Timeline</h3>
      <Bar moments={moments} />
      <ol className="moments">
        {moments.map(({ at, state, text, worker }, index) => {
          const [tone, Symbol] = LOOKS[state];
          return (
            <li key={index}>
              <Symbol size={15} stroke={2} aria-hidden style={{ color: toneColor(tone) }} />
              <span className="moment-text">
                {text} {worker && <JobWorker worker={worker} />}
              </span>
              <span className="dimmed numbers">{sincePrevious(moments, index)}</span>
              <RelativeTime at={at} />
            </li>
          );
        })}
      </ol>
    </section>
  );
}

function Bar({ moments }: { readonly moments: readonly Moment[] }) {
  const spans = spansOf(moments, useNow());
  const totals = COUNTED.map((use) => [use, totalOf(spans, use)] as const)
    .filter(([, ms]) => ms > 0);
  return (
    <>
      <div
        className="timeline-bar"
        role="img"
        aria-label={totals.map(([use, ms]) => `${USES[use][0]} ${formatElapsed(ms)}`).join(", ")}
      >
        {spans.map(({ use, from, ms }) => (
          <span
            key={`${from} ${use}`}
            title={`${USES[use][0]} ${formatElapsed(ms)}`}
            style={{ flexGrow: ms, background: USES[use][1] }}
          />
        ))}
      </div>
      <div className="timeline-legend numbers">
        {totals.map(([use, ms]) => (
          <span key={use}>
            <i style={{ background: USES[use][1] }} /> {USES[use][0]} {formatElapsed(ms)}
          </span>
        ))}
      </div>
    </>
  );
}

function sincePrevious(moments: readonly Moment[], index: number): string {
  const [previous, moment] = [moments[index - 1], moments[index]];
  if (!previous || !moment) return "";
  return `+${formatElapsed(new Date(moment.at).getTime() - new Date(previous.at).getTime())}`;
}
