/** State of a message. Declared outside `messages`, because `deliveries` imports it too. */
export type MessageStatus =
  | "SCHEDULED"
  | "PLANNING"
  | "SENDING"
  | "PAUSED"
  | "SENT"
  | "PARTIALLY_SENT"
  | "FAILED"
  | "CANCELLED";
