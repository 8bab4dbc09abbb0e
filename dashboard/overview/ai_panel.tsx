import { BudgetBar } from "../ai_usage/budget_bar.tsx";
import { BudgetPause } from "../ai_usage/budget_pause.tsx";
import { formatCount, formatMoney, formatNumberOf } from "../kit/format.ts";
import { Panel } from "../kit/panel.tsx";
import type { Overview } from "./operations.ts";

/** Calls of the language model today, and their budget. Renders nothing where the model is not used. */
export function AiPanel({ ai }: { readonly ai: Overview["ai"] }) {
  const { callCount, running, failed, cost, budget, pausedUntil } = ai;
  if (callCount === 0 && running === 0 && !budget) return null;
  return (
    <Panel title="AI today" link={{ to: "/ai-usage", text: "AI usage" }}>
      <p className="numbers">
        {cost ? formatMoney(cost) : "Unknown cost"} for {formatNumberOf(callCount, "call")}
        {running > 0 && `, ${formatCount(running)} running`}
        {failed > 0 && (
          <>
            , <span className="tone-person">{formatCount(failed)} failed</span>
          </>
        )}
      </p>
      <BudgetPause until={pausedUntil} />
      {budget && (
        <div className="budget">
          <BudgetBar today={ai} />
        </div>
      )}
    </Panel>
  );
}
