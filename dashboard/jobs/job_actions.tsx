import { IconCopyPlus, IconRefresh, IconX } from "@tabler/icons-react";
import { useState } from "react";
import { ActionButton } from "../kit/action_button.tsx";
import { failureOf, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatEnum } from "../kit/format.ts";
import { useKeys } from "../kit/keys.ts";
import { useJobKinds } from "./job_kinds.ts";
import { CancelJob, RetryJob } from "./job_operations.ts";
import type { JobDetail } from "./job_query.ts";
import { RunAgain } from "./run_again.tsx";

/** Retry, run again and cancel, where the job allows it. */
export function JobActions({ job }: { readonly job: JobDetail }) {
  const cancel = useAction(CancelJob, (data) => data.cancelJob);
  const retry = useAction(RetryJob, (data) => data.retryJob);
  const [question, setQuestion] = useState<Question | null>(null);
  const [copying, setCopying] = useState(false);
  const info = useJobKinds()?.find(({ kind }) => kind === job.kind);
  const { id, status, canCancel, canRetry } = job;

  const runRetry = () => retry.run({ id });
  useKeys([["r", () => canRetry && runRetry()]]);

  function askToCancel() {
    setQuestion({
      title: "Cancel this job?",
      body: status === "PROCESSING"
        ? "It is interrupted, and its results so far are recorded. It can be retried later."
        : "It will not run. It can be retried later.",
      action: `Cancel the job ${formatEnum(job.kind)}`,
      danger: true,
      run: async () => failureOf(await cancel.run({ id })),
    });
  }

  return (
    <>
      {retry.failure && <ErrorNotice reason={retry.failure.reason} />}
      {canRetry && (
        <ActionButton icon={IconRefresh} primary running={retry.running} onClick={runRetry}>
          {status === "QUEUED" ? "Run now" : "Retry"}
        </ActionButton>
      )}
      {info?.startable && (
        <ActionButton icon={IconCopyPlus} onClick={() => setCopying(true)}>
          Run again …
        </ActionButton>
      )}
      {canCancel && <ActionButton icon={IconX} onClick={askToCancel}>Cancel</ActionButton>}
      <Confirm question={question} onClose={() => setQuestion(null)} />
      {info && (
        <RunAgain
          job={job}
          info={info}
          opened={copying}
          onClose={() => setCopying(false)}
        />
      )}
    </>
  );
}
