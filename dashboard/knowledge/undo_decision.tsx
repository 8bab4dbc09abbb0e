import { Button, Notification } from "@mantine/core";
import { useState } from "react";
import { failureOf, useAction } from "../kit/action.ts";
import { ErrorNotice } from "../kit/error_notice.tsx";
import { formatNumberOf } from "../kit/format.ts";
import { useKeys } from "../kit/keys.ts";
import type { Decided } from "./decisions.ts";
import { ApproveFacts, DismissFacts, ReopenFacts } from "./operations.ts";

/** Notice of a decision, with a button that undoes it, as the key u does: each fact returns to its previous state. */
export function UndoDecision({ decided: { state, facts }, onUndone, onClose }: {
  readonly decided: Decided;
  readonly onUndone: () => void;
  readonly onClose: () => void;
}) {
  const reopen = useAction(ReopenFacts, (data) => data.reopenFacts);
  const approve = useAction(ApproveFacts, (data) => data.approveFacts);
  const dismiss = useAction(DismissFacts, (data) => data.dismissFacts);
  const actions = { PROPOSED: reopen, APPROVED: approve, DISMISSED: dismiss };
  const [running, setRunning] = useState(false);
  const [reason, setReason] = useState<string | null>(null);

  async function undo() {
    if (running) return;
    setRunning(true);
    const failure = await restore();
    setRunning(false);
    setReason(failure);
    if (failure !== null) return;
    onClose();
    onUndone();
  }

  async function restore(): Promise<string | null> {
    for (const [before, same] of Map.groupBy(facts, ({ state }) => state)) {
      const failure = failureOf(await actions[before].run({ ids: same.map(({ id }) => id) }));
      if (failure !== null) return failure;
    }
    return null;
  }

  useKeys([["u", () => void undo()]]);
  return (
    <Notification
      className="undo-decision"
      role="status"
      withBorder
      onClose={onClose}
      closeButtonProps={{ "aria-label": "Close" }}
    >
      {formatNumberOf(facts.length, "fact")} {state === "APPROVED" ? "approved" : "dismissed"}
      <Button size="compact-sm" variant="default" loading={running} onClick={() => void undo()}>
        Undo
      </Button>
      {reason && <ErrorNotice reason={reason} />}
    </Notification>
  );
}
