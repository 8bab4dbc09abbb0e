import {
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { JobStatus } from "./job_fields.ts";

const LOOKS = {
  QUEUED: ["wait", IconHourglass, "Queued"],
  PROCESSING: ["run", IconPlayerPlay, "Processing"],
  COMPLETED: ["done", IconCircleCheck, "Completed"],
  FAILED: ["person", IconCircleX, "Failed"],
  CANCELLED: ["wait", IconX, "Cancelled"],
} as const satisfies Record<JobStatus, unknown>;

/** All states of a job, in the order in which it can pass them. */
export const JOB_STATUSES: readonly JobStatus[] = [
  "QUEUED",
  "PROCESSING",
  "COMPLETED",
  "FAILED",
  "CANCELLED",
];

/** Word for a state of a job. */
export function jobStatusLabel(status: JobStatus): string {
  return LOOKS[status][2];
}

/** State of a job. */
export function JobStatusBadge({ status }: { readonly status: JobStatus }) {
  const [tone, icon, label] = LOOKS[status];
  return <Status tone={tone} icon={icon}>{label}</Status>;
}
