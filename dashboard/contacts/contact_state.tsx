import { IconBan, IconCircleCheck, IconMailOff } from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { ContactRow } from "./contact_fields.ts";

/** State of a contact: active, unsubscribed, or on the suppression list for another reason. */
export function ContactState({ contact: { unsubscribedAt, suppressed } }: {
  readonly contact: ContactRow;
}) {
  if (unsubscribedAt !== null) {
    return <Status tone="wait" icon={IconMailOff}>Unsubscribed</Status>;
  }
  return suppressed
    ? <Status tone="wait" icon={IconBan}>Suppressed</Status>
    : <Status tone="done" icon={IconCircleCheck}>Active</Status>;
}
