import { Button } from "@mantine/core";
import { IconCheck, IconEyeOff, IconStairs } from "@tabler/icons-react";
import { useState } from "react";
import { type BulkOffer, StartBulkActionDialog } from "../bulk_actions/start/start_dialog.tsx";
import type { Problem } from "./problem_fields.ts";
import { IgnoreDialog } from "./ignore_dialog.tsx";
import { ResolveDialog } from "./resolve_dialog.tsx";

/** Retry in stages, resolve, ignore. */
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
      <Button
        size="compact-md"
        leftSection={<IconStairs size={15} />}
        onClick={() =>
          setOffer({
            title: "Retry in stages what failed by this problem",
            target: { action: "RETRY", problemId: problem.id },
          })}
      >
        Retry in stages …
      </Button>
      {problem.state !== "RESOLVED" && (
        <Button
          size="compact-md"
          variant="default"
          leftSection={<IconCheck size={15} />}
          onClick={() => setDialog("resolve")}
        >
          Resolve …
        </Button>
      )}
      <Button
        size="compact-md"
        variant="default"
        leftSection={<IconEyeOff size={15} />}
        onClick={() => setDialog("ignore")}
      >
        {problem.state === "IGNORED" ? "Ignore otherwise …" : "Ignore …"}
      </Button>
      <StartBulkActionDialog offer={offer} onClose={() => setOffer(null)} onStarted={onStarted} />
      <ResolveDialog problem={problem} opened={dialog === "resolve"} onClose={close} />
      <IgnoreDialog problem={problem} opened={dialog === "ignore"} onClose={close} />
    </>
  );
}
