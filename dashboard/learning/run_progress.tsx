import { useNow } from "../kit/clock.ts";
import { Figure, Figures } from "../kit/figures.tsx";
import {
  formatCount,
  formatDuration,
  formatElapsed,
  formatFraction,
  formatMoney,
} from "../kit/format.ts";
import { ProgressBar } from "../kit/progress_bar.tsx";
import { isUnfinished, type RunRow } from "./run_fields.ts";

/** Bar of the processed mails; nothing before the run has begun. */
export function RunProgress({ run }: { readonly run: RunRow }) {
  const { total, processed, succeeded, failed, skipped, startedAt } = run;
  if (startedAt === null) return null;
  return (
    <ProgressBar
      label={`${formatCount(processed)} of ${formatCount(total)} mails processed, ` +
        `${formatCount(failed)} failed`}
      parts={[[succeeded, "done"], [skipped, "wait"], [failed, "person"]]}
      total={total}
      ended={fractionOf(run)}
    />
  );
}

function fractionOf({ status, total, processed }: RunRow): number {
  if (status === "COMPLETED") return 1;
  return total === 0 ? 0 : processed / total;
}

/** Counts of a run, its duration and expected end. */
export function RunFigures({ run }: { readonly run: RunRow }) {
  const { total, processed, succeeded, failed, skipped, newFactCount, cost, job } = run;
  const etaMs = isUnfinished(run) ? job?.progress?.etaMs : null;
  return (
    <Figures>
      <Figure label="Total">{formatCount(total)}</Figure>
      <Figure label="Processed">
        {formatCount(processed)}
        {total > 0 && ` (${formatFraction(Math.floor(fractionOf(run) * 100) / 100)})`}
      </Figure>
      <Figure label="Succeeded" tone={succeeded > 0 ? "done" : undefined}>
        {formatCount(succeeded)}
      </Figure>
      <Figure label="Failed" tone={failed > 0 ? "person" : undefined}>{formatCount(failed)}</Figure>
      <Figure label="Skipped">{formatCount(skipped)}</Figure>
      <Figure label="New facts">{formatCount(newFactCount)}</Figure>
      <Figure label="Duration">
        <Duration run={run} />
      </Figure>
      {isUnfinished(run) && (
        <Figure label="ETA">{etaMs == null ? "–" : formatDuration(etaMs)}</Figure>
      )}
      <Figure label="Cost">{cost ? formatMoney(cost) : "unknown"}</Figure>
    </Figures>
  );
}

/** Time that a run took, or has taken so far. */
export function Duration({ run: { startedAt, durationMs } }: {
  readonly run: Pick<RunRow, "startedAt" | "durationMs">;
}) {
  if (durationMs !== null) return formatElapsed(durationMs);
  return startedAt === null ? "–" : <Elapsed since={startedAt} />;
}

function Elapsed({ since }: { readonly since: string }) {
  const now = useNow();
  return formatDuration(Math.max(0, now - new Date(since).getTime()));
}
