import { Skeleton } from "@mantine/core";
import { useParams } from "@tanstack/react-router";
import { useEffect } from "react";
import { useQuery, useSubscription } from "urql";
import { ErrorNotice, reasonOf } from "../../kit/error_notice.tsx";
import { formatCount } from "../../kit/format.ts";
import { Id, PageLink } from "../../kit/links.tsx";
import { PageHead } from "../../kit/page_head.tsx";
import { ProgressBar } from "../../kit/progress_bar.tsx";
import { RelativeTime } from "../../kit/relative_time.tsx";
import { Waiting } from "../../kit/waiting.tsx";
import { MissingPage } from "../../shell/missing_page.tsx";
import { useIsAdmin } from "../../shell/viewer.tsx";
import { Promote } from "../promote.tsx";
import { titleOf } from "../prompt_words.ts";
import { type TrialDetail, TrialJobUpdated, TrialQuery } from "./operations.ts";
import { TrialResults } from "./trial_results.tsx";
import { costText, isRunning, similarityText, TrialState } from "./trial_state.tsx";
import "../prompts.css";

/** Page of a trial: each answer beside the stored one, live. */
export default function TrialPage() {
  const { id = "" } = useParams({ strict: false });
  const { trial, error, read } = useTrial(id);
  const isAdmin = useIsAdmin();
  if (error) return <ErrorNotice reason={reasonOf(error)} onRetry={read} />;
  if (trial === undefined) return <Skeleton height={120} m="md" width="auto" />;
  if (trial === null) return <MissingPage noun="trial" />;
  const { prompt } = trial;
  return (
    <>
      <div className="page-path">
        <PageLink to="/prompts">Prompts</PageLink> ›{" "}
        <PageLink to={`/prompts/${prompt.id}`}>
          {titleOf(prompt.name)}, version {prompt.version}
        </PageLink>
      </div>
      <PageHead title={`Trial of version ${prompt.version}`}>
        {isAdmin && <Promote prompt={prompt} active={undefined} />}
      </PageHead>
      <div className="message-state">
        <TrialState {...trial} />
        <TrialProgress trial={trial} />
        {trial.meanSimilarity !== null && (
          <strong className="numbers">{similarityText(trial.meanSimilarity)}</strong>
        )}
        <span className="numbers">{costText(trial)}</span>
        <span className="dimmed">
          started <RelativeTime at={trial.createdAt} />
          {trial.createdBy && ` by ${trial.createdBy}`}
        </span>
        {trial.job && <Id id={trial.job.id} />}
      </div>
      <div className="page">
        <Waiting
          reason={isRunning(trial) ? trial.job?.waitingFor?.text : null}
          until={trial.job?.waitingFor?.until}
        />
        {!trial.finishedAt && trial.job?.error && <ErrorNotice reason={trial.job.error.message} />}
        <TrialResults trial={trial} />
      </div>
    </>
  );
}

function TrialProgress({ trial }: { readonly trial: TrialDetail }) {
  const { sampleCount, finishedCount, failedCount } = trial;
  const label = `${formatCount(finishedCount)} of ${formatCount(sampleCount)} answered, ` +
    `${formatCount(failedCount)} failed`;
  return (
    <ProgressBar
      label={label}
      parts={[[finishedCount - failedCount, "done"], [failedCount, "person"]]}
      total={sampleCount}
      ended={sampleCount === 0 ? 1 : finishedCount / sampleCount}
    />
  );
}

/** The trial of an id, read again after each result. The result's `trial` is null if there is none. */
function useTrial(id: string) {
  const [{ data, error }, read] = useQuery({
    query: TrialQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const trial = data?.promptTrial;
  const jobId = trial?.job?.id ?? "";
  const [update] = useSubscription({
    query: TrialJobUpdated,
    variables: { id: jobId },
    pause: jobId === "" || trial?.finishedAt != null,
  });
  const { status, progress } = update.data?.jobUpdated ?? {};
  const processed = progress?.processed;
  useEffect(() => {
    if (status) read({ requestPolicy: "network-only" });
  }, [status, processed, read]);
  return { trial, error: data ? undefined : error, read };
}
