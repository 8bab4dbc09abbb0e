import { useNow } from "../kit/clock.ts";
import { formatCount, formatDuration, formatElapsed, formatEnum } from "../kit/format.ts";
import { Figure, Figures } from "../kit/figures.tsx";
import { Id } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Waiting } from "../kit/waiting.tsx";
import { JobActions } from "./job_actions.tsx";
import { JobErrorNotice } from "./job_error.tsx";
import { JobProgress } from "./job_progress.tsx";
import type { JobDetail } from "./job_query.ts";
import { JobStatusBadge } from "./job_status.tsx";

/** Kind, state, progress and origin of a job, with its actions. */
export function JobHead({ job }: { readonly job: JobDetail }) {
  const { status, progress, waitingFor, error } = job;
  return (
    <div className="message-head">
      <PageHead title={formatEnum(job.kind)}>
        <JobActions job={job} />
      </PageHead>
      <div className="message-state">
        <JobStatusBadge status={status} />
        <JobProgress progress={progress} />
        <Duration job={job} />
        {progress?.etaMs != null && (
          <span className="numbers">ETA {formatDuration(progress.etaMs)}</span>
        )}
        <span className="dimmed">
          lane {formatEnum(job.lane)} · priority {job.priority} · created{" "}
          <RelativeTime at={job.createdAt} /> by {job.startedBy ?? "the system"}
        </span>
        <Id id={job.id} />
      </div>
      <Waiting reason={waitingFor?.text} until={waitingFor?.until} />
      {error && status !== "COMPLETED" && <JobErrorNotice error={error} />}
      <Origin job={job} />
    </div>
  );
}

function Duration({ job: { status, startedAt, durationMs } }: { readonly job: JobDetail }) {
  const now = useNow();
  if (durationMs !== null) return <span className="numbers">took {formatElapsed(durationMs)}</span>;
  if (status !== "PROCESSING" || startedAt === null) return null;
  const ms = Math.max(0, now - new Date(startedAt).getTime());
  return <span className="numbers">runs for {formatDuration(ms)}</span>;
}

function Origin({ job: { progress, subject, startedFrom } }: { readonly job: JobDetail }) {
  if (!progress && !subject && !startedFrom) return null;
  return (
    <Figures className="job-facts">
      {progress && (
        <Figure label="Succeeded · failed · skipped">
          {[progress.succeeded, progress.failed, progress.skipped].map(formatCount).join(" · ")}
        </Figure>
      )}
      {subject && (
        <Figure label={`Works on the ${formatEnum(subject.__typename).toLowerCase()}`}>
          <Id id={subject.id} />
        </Figure>
      )}
      {startedFrom && (
        <Figure label="Copy of">
          <Id id={startedFrom.id} />
        </Figure>
      )}
    </Figures>
  );
}
