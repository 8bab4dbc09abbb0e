import { IconCheck, IconEyeOff, IconStairs } from "@tabler/icons-react";
import { useState } from "react";
import { type BulkOffer, StartBulkActionDialog } from "../bulk_actions/start/start_dialog.tsx";
import { ActionButton } from "../kit/action_button.tsx";
import type { Problem } from "./problem_fields.ts";
import { IgnoreDialog } from "./ignore_dialog.tsx";
import { ResolveDialog } from "./resolve_dialog.tsx";

/**
 * Retry in stages, resolve, ignore. Jobs that wait for the language model continue automatically, and calls of
 * webhook endpoints are replayed on the page of the endpoint.
 */
export function ProblemActions({ problem, onStarted }: {
  readonly problem: Problem;
  /** Takes the id of a started bulk action. */
  readonly onStarted: (id: string) => void;
}) {
  const [offer, setOffer] = useState<BulkOffer | null>(null);
  const [dialog, setDialog] = useState<"resolve" | "ignore" | null>(null);
  const close = () => setDialog(null);
  return (
    <>
      {(problem.source === "DELIVERY" || problem.source === "JOB") && (
        <ActionButton
          icon={IconStairs}
          primary
          onClick={() =>
            setOffer({
              title: "Retry the failures of this problem in stages",
              target: { action: "RETRY", problemId: problem.id },
            })}
        >
          Retry in stages …
        </ActionButton>
      )}
      {problem.state !== "RESOLVED" && (
        <ActionButton
          icon={IconCheck}
          onClick={() => setDialog("resolve")}
        >
          Resolve …
        </ActionButton>
      )}
      <ActionButton icon={IconEyeOff} onClick={() => setDialog("ignore")}>
        {problem.state === "IGNORED" ? "Change the ignore rule …" : "Ignore …"}
      </ActionButton>
      <StartBulkActionDialog offer={offer} onClose={() => setOffer(null)} onStarted={onStarted} />
      <ResolveDialog problem={problem} opened={dialog === "resolve"} onClose={close} />
      <IgnoreDialog problem={problem} opened={dialog === "ignore"} onClose={close} />
    </>
  );
}
