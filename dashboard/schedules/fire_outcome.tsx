import {
  IconCircleCheck,
  IconCircleX,
  IconHourglass,
  IconPlayerSkipForward,
  IconX,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { FireOutcome } from "./schedule_fields.ts";

/** Tone, icon, word and height of the bar of each outcome. */
export const OUTCOME_LOOKS = {
  ENQUEUED: ["run", IconHourglass, "Running", 0.4],
  COMPLETED: ["done", IconCircleCheck, "Completed", 0.7],
  FAILED: ["person", IconCircleX, "Failed", 1],
  CANCELLED: ["wait", IconX, "Cancelled", 0.4],
  SKIPPED: ["wait", IconPlayerSkipForward, "Skipped", 0.2],
} as const satisfies Record<FireOutcome, unknown>;

/** Outcome of a fire. */
export function FireOutcomeStatus({ outcome }: { readonly outcome: FireOutcome }) {
  const [tone, icon, word] = OUTCOME_LOOKS[outcome];
  return <Status tone={tone} icon={icon}>{word}</Status>;
}
