import { CloseButton } from "@mantine/core";
import { useQuery, useSubscription } from "urql";
import { JobProgress } from "../../jobs/job_progress.tsx";
import { JobQuery, JobUpdated } from "../../jobs/job_query.ts";
import { JobStatusBadge } from "../../jobs/job_status.tsx";
import { PageLink } from "../../kit/links.tsx";

/** Progress of the job that regenerates many replies. */
export function RegenerationProgress({ id, onClose }: {
  readonly id: string;
  readonly onClose: () => void;
}) {
  const [{ data }] = useQuery({ query: JobQuery, variables: { id } });
  const job = data?.job;
  useSubscription({ query: JobUpdated, variables: { id }, pause: !job });
  if (!job) return null;
  return (
    <section className="regeneration" aria-label="Regeneration of replies">
      <PageLink to={`/jobs/${id}`}>Replies are regenerated</PageLink>
      <JobStatusBadge status={job.status} />
      <JobProgress progress={job.progress} />
      <CloseButton size="sm" aria-label="Hide the progress" onClick={onClose} />
    </section>
  );
}
