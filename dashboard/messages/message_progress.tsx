import { formatCount } from "../kit/format.ts";
import { ProgressBar } from "../kit/progress_bar.tsx";
import type { MessageRow } from "./message_fields.ts";

type Stats = MessageRow["stats"];

/** Number of deliveries that did not reach their recipients. */
export function lostCount({ failed, unknown, bounced, complained }: Stats): number {
  return failed + unknown + bounced + complained;
}

/** Bar of sent, suppressed and lost deliveries; the rest still waits. */
export function MessageProgress({ stats }: { readonly stats: Stats }) {
  const { total, pending, sending, sent, suppressed, cancelled } = stats;
  const lost = lostCount(stats);
  return (
    <ProgressBar
      label={`${formatCount(sent)} of ${formatCount(total)} sent, ${formatCount(lost)} failed`}
      parts={[[sent, "done"], [suppressed + cancelled, "wait"], [lost, "person"]]}
      total={total}
      ended={total === 0 ? 1 : (total - pending - sending) / total}
    />
  );
}
