import {
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconPlayerPlay,
  IconPlus,
} from "@tabler/icons-react";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { PageLink } from "../kit/links.tsx";
import { useLiveList } from "../kit/live_list.ts";
import { RelativeTime } from "../kit/relative_time.tsx";
import { toneColor } from "../kit/tone.ts";
import { JOBS } from "../jobs/job_list.ts";
import { type Moment, momentsOf } from "./history.ts";
import type { QuoteDetail } from "./quote_fields.ts";

const LOOKS = {
  CREATED: ["wait", IconPlus],
  QUEUED: ["wait", IconHourglass],
  STARTED: ["run", IconPlayerPlay],
  DONE: ["done", IconCircleCheck],
  FAILED: ["person", IconCircleX],
} as const satisfies Record<Moment["kind"], unknown>;

/** Events of a quote, latest first. */
export function QuoteHistory({ quote }: { readonly quote: QuoteDetail }) {
  const jobs = useLiveList(JOBS, { filter: { subjectId: quote.id } });
  return (
    <section>
      <h2>History</h2>
      {jobs.error && <ErrorNotice reason={reasonOf(jobs.error)} onRetry={jobs.retry} />}
      <ol className="quote-moments">
        {momentsOf(quote, [...jobs.fresh, ...jobs.rows]).map((moment, index) => (
          <MomentRow key={index} moment={moment} />
        ))}
      </ol>
    </section>
  );
}

function MomentRow({ moment: { at, kind, text, page } }: { readonly moment: Moment }) {
  const [tone, Symbol] = LOOKS[kind];
  return (
    <li>
      <Symbol size={15} stroke={2} aria-hidden style={{ color: toneColor(tone) }} />
      <RelativeTime at={at} />
      <span>{page ? <PageLink to={page}>{text}</PageLink> : text}</span>
    </li>
  );
}
