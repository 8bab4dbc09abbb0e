import {
  IconAlertTriangle,
  IconCircleCheck,
  IconHourglass,
  IconPlugConnectedX,
} from "@tabler/icons-react";
import { Status } from "../kit/status.tsx";
import type { WebhookEndpoint } from "./operations.ts";

/** State of an endpoint in words: disabled, healthy, failing or about to be tried again. */
export function EndpointHealth({ endpoint }: { readonly endpoint: WebhookEndpoint }) {
  const { enabled, disabledReason, state, failingSince } = endpoint;
  if (disabledReason !== null) {
    return <Status tone="person" icon={IconAlertTriangle}>Disabled after failures</Status>;
  }
  if (!enabled) return <Status tone="wait" icon={IconPlugConnectedX}>Disabled</Status>;
  if (state === "OPEN") return <Status tone="person" icon={IconAlertTriangle}>Failing</Status>;
  if (state === "HALF_OPEN") {
    return <Status tone="patience" icon={IconHourglass}>Being tried again</Status>;
  }
  return failingSince === null
    ? <Status tone="done" icon={IconCircleCheck}>Healthy</Status>
    : <Status tone="patience" icon={IconHourglass}>Last call failed</Status>;
}
