import { Button } from "@mantine/core";
import { IconStairs, IconX } from "@tabler/icons-react";
import { useNavigate } from "@tanstack/react-router";
import { useState } from "react";
import { type BulkOffer, StartBulkActionDialog } from "../bulk_actions/start/start_dialog.tsx";
import { ActionButton } from "../kit/action_button.tsx";
import { formatCount, formatNumberOf } from "../kit/format.ts";
import type { Selection } from "../kit/selection.tsx";
import { isUnfinished, type JobRow } from "./job_fields.ts";

/** Actions on the selected jobs, in stages; nothing if none is selected. */
export function SelectedJobs({ selection }: { readonly selection: Selection<JobRow> }) {
  const navigate = useNavigate();
  const [offer, setOffer] = useState<BulkOffer | null>(null);
  const jobs = [...selection.rows.values()];
  const failed = jobs.filter(({ status }) => status === "FAILED");
  const unfinished = jobs.filter(isUnfinished);

  function ask(action: "RETRY" | "CANCEL", chosen: readonly JobRow[]) {
    const verb = action === "RETRY" ? "Retry" : "Cancel";
    setOffer({
      title: `${verb} ${formatNumberOf(chosen.length, "selected job")} in stages`,
      target: { action, jobs: { ids: chosen.map(({ id }) => id) } },
    });
  }

  if (jobs.length === 0) return null;
  return (
    <>
      {failed.length > 0 && (
        <ActionButton
          icon={IconStairs}
          primary
          onClick={() => ask("RETRY", failed)}
        >
          {`Retry selected (${formatCount(failed.length)}) …`}
        </ActionButton>
      )}
      {unfinished.length > 0 && (
        <ActionButton
          icon={IconX}
          onClick={() => ask("CANCEL", unfinished)}
        >
          {`Cancel selected (${formatCount(unfinished.length)}) …`}
        </ActionButton>
      )}
      <Button size="compact-md" variant="subtle" onClick={selection.clear}>
        Clear the selection
      </Button>
      <StartBulkActionDialog
        offer={offer}
        onClose={() => setOffer(null)}
        onStarted={(id) => {
          selection.clear();
          navigate({ to: `/bulk-actions/${id}` });
        }}
      />
    </>
  );
}
