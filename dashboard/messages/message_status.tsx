import {
  IconAlertTriangle,
  IconCalendarClock,
  IconCircleCheck,
  IconCircleX,
  IconListDetails,
  IconPlayerPause,
  IconSend,
  IconX,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { MessageRow, MessageStatus } from "./message_fields.ts";

const LOOKS = {
  SCHEDULED: ["wait", IconCalendarClock, "Scheduled"],
  PLANNING: ["run", IconListDetails, "Planning"],
  SENDING: ["run", IconSend, "Sending"],
  PAUSED: ["patience", IconPlayerPause, "Paused"],
  SENT: ["done", IconCircleCheck, "Sent"],
  PARTIALLY_SENT: ["person", IconAlertTriangle, "Partially sent"],
  FAILED: ["person", IconCircleX, "Failed"],
  CANCELLED: ["wait", IconX, "Cancelled"],
} as const satisfies Record<MessageStatus, unknown>;

/** All states of a message, in the order in which it can pass them. */
export const MESSAGE_STATUSES: readonly MessageStatus[] = [
  "SCHEDULED",
  "PLANNING",
  "SENDING",
  "PAUSED",
  "SENT",
  "PARTIALLY_SENT",
  "FAILED",
  "CANCELLED",
];

/** Word for a state of a message. */
export function messageStatusLabel(status: MessageStatus): string {
  return LOOKS[status][2];
}

/** State of a message. A pause that an error caused needs a person. */
export function MessageStatusBadge({ message }: {
  readonly message: Pick<MessageRow, "status" | "pause">;
}) {
  const [tone, icon, label] = LOOKS[message.status];
  const needsPerson = message.pause?.provider != null;
  return <Status tone={needsPerson ? "person" : tone} icon={icon}>{label}</Status>;
}
