import { Button } from "@mantine/core";
import { useState } from "react";
import { Figure, Figures } from "../kit/figures.tsx";
import { formatCount, formatMoney, formatNumberOf } from "../kit/format.ts";
import { PageLink } from "../kit/links.tsx";
import { Panel } from "../kit/panel.tsx";
import { BudgetBar } from "./budget_bar.tsx";
import { BudgetDialog } from "./budget_dialog.tsx";
import { BudgetPause } from "./budget_pause.tsx";
import type { AiToday } from "./operations.ts";

/** Calls of today, the budget with its edit, and the pause of a used-up one. */
export function TodayPanel({ today }: { readonly today: AiToday }) {
  const [editing, setEditing] = useState(false);
  const { cost, callCount, running, failed, unknownCostCount, pausedUntil } = today;
  return (
    <Panel title={`Today (${today.timezone})`}>
      <Figures className="panel-figures">
        <Figure label="Cost">{cost ? formatMoney(cost) : "unknown"}</Figure>
        <Figure label="Calls">{formatCount(callCount)}</Figure>
        <Figure label="Running">{formatCount(running)}</Figure>
        <Figure label="Failed" tone={failed > 0 ? "person" : undefined}>
          {failed > 0
            ? <PageLink to="/problems" inherit c="inherit">{formatCount(failed)}</PageLink>
            : formatCount(failed)}
        </Figure>
        <Figure label="Input tokens">{formatCount(today.inputTokens)}</Figure>
        <Figure label="Output tokens">{formatCount(today.outputTokens)}</Figure>
      </Figures>
      {unknownCostCount > 0 && (
        <p className="dimmed">
          The cost of {formatNumberOf(unknownCostCount, "call")} is unknown.
        </p>
      )}
      <BudgetPause until={pausedUntil} />
      <div className="budget">
        {today.budget ? <BudgetBar today={today} /> : (
          <span className="dimmed">
            No daily budget is set, so calls are never refused.
          </span>
        )}
        <Button size="compact-sm" variant="default" onClick={() => setEditing(true)}>
          {today.budget ? "Edit the budget …" : "Set a budget …"}
        </Button>
      </div>
      {editing && <BudgetDialog today={today} onClose={() => setEditing(false)} />}
    </Panel>
  );
}
