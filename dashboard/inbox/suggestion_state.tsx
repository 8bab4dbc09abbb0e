import {
  IconCircleCheck,
  IconClock,
  IconFileText,
  IconMessageOff,
  IconPencil,
  IconSend,
  IconUserEdit,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { ThreadRow } from "./thread_fields.ts";

/** State of a suggested reply. */
export type SuggestionStatus = NonNullable<ThreadRow["suggestion"]>["status"];

const LOOKS = {
  WAITING: ["wait", IconClock, "Waiting"],
  WRITING: ["run", IconPencil, "Writing"],
  READY: ["done", IconCircleCheck, "Ready"],
  FALLBACK: ["patience", IconFileText, "Fallback"],
  FAILED: ["patience", IconMessageOff, "No draft"],
  SENT: ["done", IconSend, "Sent"],
} as const satisfies Record<SuggestionStatus, unknown>;

/** All states of a suggested reply, in the order in which it can pass them. */
export const SUGGESTION_STATUSES: readonly SuggestionStatus[] = [
  "WAITING",
  "WRITING",
  "READY",
  "FALLBACK",
  "FAILED",
  "SENT",
];

/** Word for a state of a suggested reply. */
export function suggestionLabel(status: SuggestionStatus): string {
  return LOOKS[status][2];
}

/** State of a suggested reply; one that a person has edited is marked. */
export function SuggestionState({ suggestion: { status, editedText } }: {
  readonly suggestion: Pick<NonNullable<ThreadRow["suggestion"]>, "status" | "editedText">;
}) {
  if (editedText !== null && status !== "SENT") {
    return <Status tone="done" icon={IconUserEdit}>Edited</Status>;
  }
  const [tone, icon, label] = LOOKS[status];
  return <Status tone={tone} icon={icon}>{label}</Status>;
}
