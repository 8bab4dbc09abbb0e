import { IconAlertTriangle, IconCircleCheck, IconLoader } from "@tabler/icons-react";
import { formatFraction } from "../kit/format.ts";
import { Status } from "../kit/status.tsx";
import type { AudienceRow } from "./audience_fields.ts";

/** State of an audience: whether messages can be sent to it. */
export function AudienceState({ audience }: { readonly audience: AudienceRow }) {
  if (audience.import?.status === "RUNNING") {
    const { bytesRead, bytesTotal } = audience.import;
    const share = bytesTotal ? ` ${formatFraction(bytesRead / bytesTotal)}` : "";
    return <Status tone="run" icon={IconLoader}>{`Being imported${share}`}</Status>;
  }
  if (audience.partial) return <Status tone="person" icon={IconAlertTriangle}>Incomplete</Status>;
  return <Status tone="done" icon={IconCircleCheck}>Ready</Status>;
}
