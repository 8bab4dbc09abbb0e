import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useState } from "react";
import { useQuery, useSubscription } from "urql";
import { JobErrorNotice } from "../jobs/job_error.tsx";
import { JobFailures } from "../jobs/job_failures.tsx";
import { ErrorNotice, reasonOf } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { Id, PageLink } from "../kit/links.tsx";
import { PageHead } from "../kit/page_head.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import { useUrlState } from "../kit/url_state.ts";
import { Waiting } from "../kit/waiting.tsx";
import { MissingPage } from "../shell/missing_page.tsx";
import { ProgressDialog } from "./progress_dialog.tsx";
import { RunActions } from "./run_actions.tsx";
import { isUnfinished, type RunDetail, RunJobUpdated, RunQuery, RunUpdated } from "./run_fields.ts";
import { RunFigures, RunProgress } from "./run_progress.tsx";
import { RunStatusBadge } from "./run_status.tsx";
import { selectionText } from "./selection_text.ts";

/** Page of a learning run: progress, counts and failed mails, all live. */
export default function RunPage() {
  const { id = "" } = useParams({ strict: false });
  return <OpenRun key={id} id={id} />;
}

function OpenRun({ id }: { readonly id: string }) {
  const [{ data, error }, read] = useQuery({ query: RunQuery, variables: { id } });
  const run = data?.node?.__typename === "LearningRun" ? data.node : null;
  const jobId = run?.job?.id ?? "";
  useSubscription({ query: RunUpdated, variables: { id }, pause: !run || !isUnfinished(run) });
  useSubscription({ query: RunJobUpdated, variables: { id: jobId }, pause: jobId === "" });
  if (error && !data) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (!data) return <Skeleton height={120} m="md" width="auto" />;
  if (!run) return <MissingPage noun="learning run" />;
  return <Run run={run} />;
}

function Run({ run }: { readonly run: RunDetail }) {
  const [{ progress }, setState] = useUrlState();
  // A run that is under way opens with its progress, so that the link of its first toast does, too.
  const [following, setFollowing] = useState(isUnfinished(run));
  const { status, job, createdAt, startedBy, prompt, retryOf } = run;

  function closeProgress() {
    setFollowing(false);
    if (progress) setState({ progress: undefined });
  }

  return (
    <>
      <PageHead title="Learning run">
        <RunActions run={run} />
      </PageHead>
      <div className="message-state">
        <RunStatusBadge run={run} />
        <RunProgress run={run} />
        <span className="dimmed">
          {selectionText(run)} · created <RelativeTime at={createdAt} /> by {startedBy ?? "no user"}
          {prompt && ` · prompt version ${prompt.version}`}
        </span>
        <Id id={run.id} />
        {retryOf && <PageLink to={`/learning/${retryOf.id}`}>Show the retried run</PageLink>}
      </div>
      <Waiting reason={job?.waitingFor?.text} until={job?.waitingFor?.until} />
      <RunFigures run={run} />
      <div className="page">
        {job?.error && status !== "COMPLETED" && <JobErrorNotice error={job.error} />}
        {run.newFactCount > 0 && (
          <p>
            <PageLink to="/knowledge">
              {`Review ${formatNumberOf(run.newFactCount, "new fact")}`}
            </PageLink>
          </p>
        )}
        <JobFailures failures={run.failures} />
        {job && (
          <p className="dimmed">
            Priority {job.priority}, job <Id id={job.id} />
          </p>
        )}
      </div>
      <ProgressDialog
        run={run}
        opened={following || progress !== undefined}
        onClose={closeProgress}
      />
    </>
  );
}
