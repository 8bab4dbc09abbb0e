import { IconCircleCheck, IconHourglass } from "@tabler/icons-react";
import { formatFraction, formatMoney } from "../../kit/format.ts";
import { Status } from "../../kit/status.tsx";
import { JobStatusBadge } from "../../jobs/job_status.tsx";
import type { Trial } from "./operations.ts";

/** State of a trial: that of its job, or finished. */
export function TrialState({ job, finishedAt }: Pick<Trial, "job" | "finishedAt">) {
  if (finishedAt) return <Status tone="done" icon={IconCircleCheck}>Completed</Status>;
  if (job) return <JobStatusBadge status={job.status} />;
  return <Status tone="wait" icon={IconHourglass}>Not completed</Status>;
}

/** True while results of a trial may follow. */
export function isRunning({ job, finishedAt }: Pick<Trial, "job" | "finishedAt">): boolean {
  return !finishedAt && (job?.status === "QUEUED" || job?.status === "PROCESSING");
}

/** Similarity in words: "93.1% the same". */
export function similarityText(similarity: number | null): string {
  return similarity === null ? "" : `${formatFraction(similarity)} the same`;
}

/** Cost of a trial so far, with its estimate. */
export function costText({ cost, estimatedCost }: Pick<Trial, "cost" | "estimatedCost">): string {
  const spent = cost ? formatMoney(cost) : "unknown cost";
  return estimatedCost ? `${spent} of estimated ${formatMoney(estimatedCost)}` : spent;
}
