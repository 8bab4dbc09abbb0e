import {
  IconAlertOctagon,
  IconCircleCheck,
  IconHandStop,
  IconPlayerPlay,
} from "@tabler/icons-react";
import { formatEnum } from "../kit/format.ts";
import { Status } from "../kit/status.tsx";
import type { BulkActionKind, BulkActionState } from "./bulk_action_fields.ts";

const LOOKS = {
  RUNNING: ["run", IconPlayerPlay],
  STOPPED: ["person", IconAlertOctagon],
  ABORTED: ["wait", IconHandStop],
  FINISHED: ["done", IconCircleCheck],
} as const satisfies Record<BulkActionState, unknown>;

/** Verb of each bulk action. */
export const BULK_VERBS: Readonly<Record<BulkActionKind, string>> = {
  RETRY: "Retry",
  CANCEL: "Cancel",
  RESOLVE_SENT: "Count as sent",
  RESEND: "Send again",
};

/** All states of a bulk action. */
export const BULK_ACTION_STATES: readonly BulkActionState[] = [
  "RUNNING",
  "STOPPED",
  "ABORTED",
  "FINISHED",
];

/** State of a bulk action. */
export function BulkActionStatus({ state }: { readonly state: BulkActionState }) {
  const [tone, icon] = LOOKS[state];
  return <Status tone={tone} icon={icon}>{formatEnum(state)}</Status>;
}
