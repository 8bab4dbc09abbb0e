import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useQuery, useSubscription } from "urql";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { JobAttempts } from "./job_attempts.tsx";
import { JobData } from "./job_data.tsx";
import { JobFailures } from "./job_failures.tsx";
import { JobHead } from "./job_head.tsx";
import { JobQuery, JobUpdated } from "./job_query.ts";
import { JobTimeline } from "./job_timeline.tsx";

/** Page of a job: its timeline, attempts, payload and result, all live. */
export default function JobPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenJob key={id} id={id} />;
}

function OpenJob({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: JobQuery, variables: { id } });
  const known = data?.job != null;
  useSubscription({ query: JobUpdated, variables: { id }, pause: !known });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!data.job) return <MissingPage noun="job" />;
  return (
    <>
      <JobHead job={data.job} />
      <div className="page">
        <JobTimeline moments={data.job.timeline} />
        <JobAttempts job={data.job} />
        <JobFailures failures={data.job.failures} />
        <JobData title="Payload" value={data.job.payload} />
        {data.job.result && <JobData title="Result" value={data.job.result} />}
      </div>
    </>
  );
}
