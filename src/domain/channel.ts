/** Delivery channels. */
export const MESSAGE_CHANNELS = ["EMAIL", "MESSENGER"] as const;

/** Delivery channel of a message, an audience or a suppression. */
export type MessageChannel = (typeof MESSAGE_CHANNELS)[number];

/** Whether a text is the name of a channel. */
export function isMessageChannel(name: string): name is MessageChannel {
  return MESSAGE_CHANNELS.some((channel) => channel === name);
}

/** Channel of messages, audiences and suppressions that name none. */
export const DEFAULT_CHANNEL = "EMAIL" satisfies MessageChannel;
