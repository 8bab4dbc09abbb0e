import { IconPlayerPlay, IconRefresh, IconX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useContext, useState } from "react";
import { CancelJob, RetryJob } from "../jobs/job_operations.ts";
import { ActionButton } from "../kit/action_button.tsx";
import { failureOf, isFailure, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import { useKeys } from "../kit/keys.ts";
import { RetryLearningRun } from "./operations.ts";
import { ReloadRuns } from "./reload_runs.ts";
import { isUnfinished, type RunRow } from "./run_fields.ts";

/** Retry of failed mails, continuation and cancellation, where the run allows them. */
export function RunActions({ run }: { readonly run: RunRow }) {
  const navigate = useNavigate();
  const reload = useContext(ReloadRuns);
  const retry = useAction(RetryLearningRun, (data) => data.retryLearningRun);
  const resume = useAction(RetryJob, (data) => data.retryJob);
  const cancel = useAction(CancelJob, (data) => data.cancelJob);
  const [question, setQuestion] = useState<Question | null>(null);
  const { id, job, failed, total, processed } = run;
  const canContinue = !isUnfinished(run) && job?.canRetry === true;
  const canRetry = !isUnfinished(run) && failed > 0;
  const failure = retry.failure ?? resume.failure;

  async function retryFailed() {
    const started = await retry.run({ id });
    if (isFailure(started)) return;
    reload();
    navigate({ to: `/learning/${started.learningRun.id}`, search: { progress: "open" } });
  }

  function askToCancel(jobId: string) {
    const rest = total - processed;
    setQuestion({
      title: "Cancel this learning run?",
      body: "What it has learned so far is kept. It can be continued later.",
      action: rest > 0
        ? `Cancel learning from ${formatNumberOf(rest, "mail")}`
        : "Cancel the learning run",
      danger: true,
      run: async () => failureOf(await cancel.run({ id: jobId })),
    });
  }

  useKeys([["r", () => canRetry && retryFailed()]]);
  return (
    <>
      {failure && <ErrorNotice reason={failure.reason} />}
      {canContinue && (
        <ActionButton
          icon={IconPlayerPlay}
          primary
          running={resume.running}
          onClick={() => resume.run({ id: job.id })}
        >
          Continue
        </ActionButton>
      )}
      {canRetry && (
        <ActionButton
          icon={IconRefresh}
          primary={!canContinue}
          running={retry.running}
          onClick={retryFailed}
        >
          {`Retry ${formatCount(failed)} failed`}
        </ActionButton>
      )}
      {isUnfinished(run) && job?.canCancel && (
        <ActionButton
          icon={IconX}
          onClick={() => askToCancel(job.id)}
        >
          Cancel
        </ActionButton>
      )}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
