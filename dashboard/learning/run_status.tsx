import {
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconPlayerPlay,
  IconX,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { RunRow, RunStatus } from "./run_fields.ts";

const LOOKS = {
  QUEUED: ["wait", IconHourglass, "Queued"],
  RUNNING: ["run", IconPlayerPlay, "Running"],
  COMPLETED: ["done", IconCircleCheck, "Completed"],
  FAILED: ["person", IconCircleX, "Failed"],
  CANCELLED: ["wait", IconX, "Cancelled"],
} as const satisfies Record<RunStatus, unknown>;

/** State of a learning run. One that has begun may wait again, for the budget for example. */
export function RunStatusBadge({ run: { status, job } }: {
  readonly run: Pick<RunRow, "status" | "job">;
}) {
  if (status === "RUNNING" && job?.waitingFor) {
    return <Status tone="patience" icon={IconHourglass}>Waiting</Status>;
  }
  const [tone, icon, label] = LOOKS[status];
  return <Status tone={tone} icon={icon}>{label}</Status>;
}
