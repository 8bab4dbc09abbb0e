/** State of a message. It stands outside `messages` because `deliveries` reads it too. */
export type MessageStatus =
  | "SCHEDULED"
  | "PLANNING"
  | "SENDING"
  | "PAUSED"
  | "SENT"
  | "PARTIALLY_SENT"
  | "FAILED"
  | "CANCELLED";
