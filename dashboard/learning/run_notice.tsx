import { useSubscription } from "urql";
import { formatJobError } from "../jobs/job_error.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { PageLink } from "../kit/links.tsx";
import { Waiting } from "../kit/waiting.tsx";
import { RunJobUpdated, type RunRow } from "./run_fields.ts";

/** Banner of the newest run: why it has failed, or waits. Nothing for a run that needs no attention. */
export function RunNotice({ run }: { readonly run: RunRow }) {
  const { job } = run;
  // The cache gives the changes to the open run; the list has its own rows.
  const [{ data }] = useSubscription({
    query: RunJobUpdated,
    variables: { id: job?.id ?? "" },
    pause: !job,
  });
  const { waitingFor, error } = data?.jobUpdated ?? job ?? {};
  const link = <PageLink to={`/learning/${run.id}`}>Show the run</PageLink>;
  if (run.status === "FAILED") {
    return (
      <div className="learning-notice">
        <ErrorNotice
          title="The last learning run failed"
          reason={error ? formatJobError(error) : "Its job was deleted."}
          action={link}
        />
      </div>
    );
  }
  if (!waitingFor) return null;
  return (
    <div className="learning-notice" role="status">
      <Waiting reason={`Learning waits: ${waitingFor.text}`} until={waitingFor.until} />
    </div>
  );
}
