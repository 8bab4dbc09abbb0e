import { formatEnum } from "../kit/format.ts";
import type { DeliveryRow } from "./delivery_fields.ts";
import { ErrorText } from "./error_text.tsx";

/** Last event of a delivery in a few words: accepted, suppressed, what it waits for, or its error. */
export function DeliveryOutcome(
  { row: { status, error, waitingFor, suppressionReason, provider, sentAt } }: {
    readonly row: DeliveryRow;
  },
) {
  if (status === "SUPPRESSED" && suppressionReason) {
    return <span className="dimmed">On the suppression list: {formatEnum(suppressionReason)}</span>;
  }
  if (status === "SENT" && sentAt) {
    return <span className="dimmed">{provider && `Accepted by ${provider}`}</span>;
  }
  if (waitingFor) return <span className="dimmed">{waitingFor.text}</span>;
  return <ErrorText error={error} />;
}
