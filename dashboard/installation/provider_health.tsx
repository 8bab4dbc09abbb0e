import {
  IconAlertTriangle,
  IconCircleCheck,
  IconHourglass,
  IconPlugConnectedX,
} from "@tabler/icons-react";
import { formatClock } from "../kit/format.ts";
import { Status } from "../kit/status.tsx";
import type { ProviderState } from "./operations.ts";

/** State of a provider in words: disabled, healthy, failing, or tried again after a failure. */
export function ProviderHealth({ provider }: { readonly provider: ProviderState }) {
  const { enabled, state, since } = provider;
  if (!enabled) return <Status tone="wait" icon={IconPlugConnectedX}>Disabled</Status>;
  if (state === "OPEN") {
    return (
      <Status tone="person" icon={IconAlertTriangle}>
        {`Failing since ${formatClock(since)}`}
      </Status>
    );
  }
  return state === "HALF_OPEN"
    ? <Status tone="patience" icon={IconHourglass}>Trying again</Status>
    : <Status tone="done" icon={IconCircleCheck}>Healthy</Status>;
}
