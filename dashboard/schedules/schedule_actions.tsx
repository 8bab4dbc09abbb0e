import { Button } from "@mantine/core";
import { IconPlayerPause, IconPlayerPlay, IconPlayerSkipForward } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { failureOf, isFailure, useAction } from "../kit/action.ts";
import { Confirm, type Question } from "../kit/confirm.tsx";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { Id } from "../kit/links.tsx";
import { EditDialog } from "./edit_dialog.tsx";
import { DeleteSchedule, RunSchedule, UpdateSchedule } from "./operations.ts";
import type { Schedule } from "./schedule_fields.ts";

/** Run now, pause or enable, edit, delete. */
export function ScheduleActions({ schedule }: { readonly schedule: Schedule }) {
  const { id, enabled, canChange, builtIn } = schedule;
  const navigate = useNavigate();
  const run = useAction(RunSchedule, (data) => data.runSchedule);
  const update = useAction(UpdateSchedule, (data) => data.updateSchedule);
  const remove = useAction(DeleteSchedule, (data) => data.deleteSchedule);
  const [started, setStarted] = useState<{ jobId: string; created: boolean } | null>(null);
  const [editing, setEditing] = useState(false);
  const [question, setQuestion] = useState<Question | null>(null);
  const failure = run.failure ?? update.failure;

  async function runNow() {
    const done = await run.run({ id });
    if (!isFailure(done)) setStarted({ jobId: done.job.id, created: done.created });
  }

  function askToDelete() {
    setQuestion({
      title: `Delete schedule “${schedule.name}”?`,
      body: "The schedule and its history are deleted. This cannot be undone. Its jobs continue.",
      action: "Delete 1 schedule",
      danger: true,
      run: async () => {
        const reason = failureOf(await remove.run({ id }));
        if (reason === null) navigate({ to: "/schedules" });
        return reason;
      },
    });
  }

  return (
    <>
      <Button
        size="compact-md"
        leftSection={<IconPlayerSkipForward size={15} />}
        loading={run.running}
        onClick={runNow}
      >
        Run now
      </Button>
      {canChange && (
        <>
          <Button
            size="compact-md"
            variant="default"
            leftSection={enabled ? <IconPlayerPause size={15} /> : <IconPlayerPlay size={15} />}
            loading={update.running}
            onClick={() => update.run({ id, input: { enabled: !enabled } })}
          >
            {enabled ? "Pause" : "Enable"}
          </Button>
          <Button size="compact-md" variant="default" onClick={() => setEditing(true)}>
            Edit …
          </Button>
          {!builtIn && (
            <Button size="compact-md" variant="default" onClick={askToDelete}>Delete …</Button>
          )}
        </>
      )}
      <div role="status" className="schedule-answer">
        {started && (
          <>
            {started.created ? "Started " : "The job of an earlier run is unfinished: "}
            <Id id={started.jobId} />
          </>
        )}
        {failure && <ErrorNotice reason={failure.reason} />}
      </div>
      {editing && <EditDialog schedule={schedule} onClose={() => setEditing(false)} />}
      <Confirm question={question} onClose={() => setQuestion(null)} />
    </>
  );
}
