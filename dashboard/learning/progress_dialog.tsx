import { Button, Group, Modal, Stack } from "@mantine/core";
import { JobErrorNotice } from "../jobs/job_error.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { ButtonLink } from "../kit/links.tsx";
import { Waiting } from "../kit/waiting.tsx";
import { RunActions } from "./run_actions.tsx";
import { isUnfinished, type RunRow } from "./run_fields.ts";
import { RunFigures, RunProgress } from "./run_progress.tsx";
import { RunStatusBadge } from "./run_status.tsx";

/** Dialog with the live progress of a run. Closing it does not stop the run. */
export function ProgressDialog({ run, opened, onClose }: {
  readonly run: RunRow;
  readonly opened: boolean;
  readonly onClose: () => void;
}) {
  const { status, job } = run;
  return (
    <Modal opened={opened} onClose={onClose} title="Learning progress" size="lg" centered>
      <Stack gap="sm" className="learning-progress">
        <div className="learning-state" role="status">
          <RunStatusBadge run={run} />
          <RunProgress run={run} />
        </div>
        <RunFigures run={run} />
        <Waiting reason={job?.waitingFor?.text} until={job?.waitingFor?.until} />
        {job?.error && status !== "COMPLETED" && <JobErrorNotice error={job.error} />}
        <p className="dimmed">{NOTES[status](run)}</p>
        <Group justify="flex-end">
          {isUnfinished(run) && <RunActions run={run} />}
          {run.newFactCount > 0 && (
            <ButtonLink to="/knowledge" variant="default">Review the facts</ButtonLink>
          )}
          <Button onClick={onClose}>
            {isUnfinished(run) ? "Continue in the background" : "Show the results"}
          </Button>
        </Group>
      </Stack>
    </Modal>
  );
}

const NOTES: Readonly<Record<RunRow["status"], (run: RunRow) => string>> = {
  QUEUED: () => "It starts by itself. You are notified of its end, also if you close this page.",
  RUNNING: () => "You are notified of its end, also if you close this page.",
  COMPLETED: ({ succeeded, newFactCount }) =>
    `Learned from ${formatNumberOf(succeeded, "mail")}. ` +
    `${formatNumberOf(newFactCount, "new fact waits", "new facts wait")} for approval.`,
  FAILED: () => "What was learned until then is kept. Continue it once the cause is removed.",
  CANCELLED: () => "What was learned until then is kept. It can be continued.",
};
