/** A way to people. */
export type MessageChannel = "EMAIL" | "MESSENGER";
