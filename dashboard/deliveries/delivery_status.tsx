import {
  IconArrowBackUp,
  IconBan,
  IconCircleCheck,
  IconCircleX,
  IconClock,
  IconHelpCircle,
  IconMoodSad,
  IconSend,
  IconX,
} from "@tabler/icons-react";
import { formatEnum } from "../kit/format.ts";
import { Status } from "../kit/status.tsx";
import type { DeliveryStatus } from "./delivery_fields.ts";

const LOOKS = {
  PENDING: ["wait", IconClock],
  SENDING: ["run", IconSend],
  SENT: ["done", IconCircleCheck],
  FAILED: ["person", IconCircleX],
  BOUNCED: ["person", IconArrowBackUp],
  COMPLAINED: ["person", IconMoodSad],
  UNKNOWN: ["patience", IconHelpCircle],
  SUPPRESSED: ["wait", IconBan],
  CANCELLED: ["wait", IconX],
} as const satisfies Record<DeliveryStatus, unknown>;

/** All states of a delivery, in the order in which it can pass them. */
export const DELIVERY_STATUSES: readonly DeliveryStatus[] = [
  "PENDING",
  "SENDING",
  "SENT",
  "FAILED",
  "BOUNCED",
  "COMPLAINED",
  "UNKNOWN",
  "SUPPRESSED",
  "CANCELLED",
];

/** States of deliveries that were lost. */
export const LOST_STATUSES: readonly DeliveryStatus[] = [
  "FAILED",
  "BOUNCED",
  "COMPLAINED",
  "UNKNOWN",
];

/** State of a delivery. */
export function DeliveryStatusBadge({ status }: { readonly status: DeliveryStatus }) {
  const [tone, icon] = LOOKS[status];
  return <Status tone={tone} icon={icon}>{formatEnum(status)}</Status>;
}
