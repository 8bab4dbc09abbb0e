import { formatMoney } from "../kit/format.ts";
import { ProgressBar } from "../kit/progress_bar.tsx";
import type { Tone } from "../kit/tone.ts";
import type { AiToday } from "./operations.ts";

/** Bar of the budget of today: spent, reserved for running calls, and left. Renders nothing without a budget. */
export function BudgetBar({ today }: {
  readonly today: Pick<
    AiToday,
    "budget" | "spent" | "reserved" | "warnAtFraction" | "pausedUntil"
  >;
}) {
  const { budget, spent, reserved, warnAtFraction, pausedUntil } = today;
  if (!budget || !spent || !reserved) return null;
  const total = Number(budget.amount);
  const used = total === 0 ? 1 : Number(spent.amount) / total;
  const tone: Tone = pausedUntil ? "person" : used >= warnAtFraction ? "patience" : "done";
  const isReserving = Number(reserved.amount) > 0;
  const text = `${formatMoney(spent)} of ${formatMoney(budget)} spent` +
    (isReserving ? `, ${formatMoney(reserved)} reserved for running calls` : "");
  return (
    <div className="budget-bar">
      <ProgressBar
        label={text}
        parts={[
          [Math.min(used, 1), tone],
          [Math.min(Number(reserved.amount) / Math.max(total, Number.MIN_VALUE), 1 - used), "run"],
        ]}
        total={1}
        ended={used}
      />
      <span className="numbers">{text}</span>
    </div>
  );
}
