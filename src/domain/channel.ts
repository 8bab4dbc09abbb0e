/** Delivery channels. */
export const MESSAGE_CHANNELS = ["EMAIL", "MESSENGER"] as const;

/** Delivery channel of a message, an audience or a suppression. */
export type MessageChannel = (typeof MESSAGE_CHANNELS)[number];

/** Channel of messages, audiences and suppressions that name none. */
export const DEFAULT_CHANNEL = "EMAIL" satisfies MessageChannel;
