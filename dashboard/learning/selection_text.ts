import { formatDay, formatNumberOf } from "../kit/format.ts";
import type { RunRow } from "./run_fields.ts";

/** Words for the mails that a run has selected: "All sent mails". */
export function selectionText({ since, chosenCount, retryOf, relearn }: RunRow): string {
  const mails = retryOf
    ? "Failed mails of a run"
    : chosenCount === null
    ? "All sent mails"
    : formatNumberOf(chosenCount, "chosen mail");
  return [
    since === null ? mails : `${mails} since ${formatDay(since)}`,
    relearn && "known ones again",
  ].filter(Boolean).join(", ");
}
