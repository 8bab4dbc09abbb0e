import { IconPlayerPause, IconPlayerPlay } from "@tabler/icons-react";
import { RelativeTime } from "../kit/relative_time.tsx";
import { Status } from "../kit/status.tsx";
import type { Schedule } from "./schedule_fields.ts";

/** Next tick of a schedule, or that it is paused. */
export function NextRun({ schedule: { enabled, nextAt } }: { readonly schedule: Schedule }) {
  if (!enabled) return <Status tone="patience" icon={IconPlayerPause}>Paused</Status>;
  return nextAt === null ? "never" : <RelativeTime at={nextAt} />;
}

/** Whether a schedule is paused. */
export function ScheduleState({ enabled }: Pick<Schedule, "enabled">) {
  return enabled
    ? <Status tone="run" icon={IconPlayerPlay}>Enabled</Status>
    : <Status tone="patience" icon={IconPlayerPause}>Paused</Status>;
}
