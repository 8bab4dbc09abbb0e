import type { Column } from "../kit/list.tsx";
import { RelativeTime } from "../kit/relative_time.tsx";
import type { DeliveryRow } from "./delivery_fields.ts";
import { DeliveryOutcome } from "./delivery_outcome.tsx";
import { DeliveryStatusBadge } from "./delivery_status.tsx";
import { ErrorText } from "./error_text.tsx";

/** Address of the recipient. */
export const RECIPIENT: Column<DeliveryRow> = {
  header: "Recipient",
  width: "minmax(9rem, 1.2fr)",
  cell: ({ recipient }) => recipient.address,
};

/** State of the delivery. */
export const STATUS: Column<DeliveryRow> = {
  header: "Status",
  width: "8rem",
  cell: ({ status }) => <DeliveryStatusBadge status={status} />,
};

/** Title of the message. */
export const MESSAGE: Column<DeliveryRow> = {
  header: "Message",
  width: "minmax(8rem, 1fr)",
  cell: ({ message }) => message?.title,
};

/** Last event of the delivery. */
export const OUTCOME: Column<DeliveryRow> = {
  header: "What happened",
  width: "minmax(8rem, 2fr)",
  cell: (row) => <DeliveryOutcome row={row} />,
};

/** Last error. */
export const ERROR: Column<DeliveryRow> = {
  header: "Error",
  width: "minmax(8rem, 2fr)",
  cell: ({ error }) => <ErrorText error={error} />,
};

/** Attempts used, of those that are allowed. */
export const ATTEMPTS: Column<DeliveryRow> = {
  header: "Attempts",
  width: "4.5rem",
  numeric: true,
  secondary: true,
  cell: ({ attemptCount, maxAttempts }) => `${attemptCount}/${maxAttempts}`,
};

/** Whether a retry can succeed. */
export const RETRYABLE: Column<DeliveryRow> = {
  header: "Retryable",
  width: "5rem",
  secondary: true,
  cell: ({ retryable }) => retryable ? "yes" : <span className="dimmed">no</span>,
};

/** Time of the last attempt. */
export const LAST_ATTEMPT: Column<DeliveryRow> = {
  header: "Last attempt",
  width: "6.5rem",
  numeric: true,
  secondary: true,
  cell: ({ lastAttemptAt }) => lastAttemptAt && <RelativeTime at={lastAttemptAt} />,
};
