import type { Channel, Obstacle } from "../channels/channel.ts";
import type { MessageChannel } from "../domain/channel.ts";

/** A way out, and how much of it one batch may use. */
export interface Outlet {
  readonly channel: Pick<Channel, "send" | "obstacle">;
  /** Deliveries in flight per batch at most. */
  readonly window: number;
}

/** The ways out that are configured. */
export type Outlets = ReadonlyMap<MessageChannel, Outlet>;

/**
 * The way out for a message. One that was configured where the message was taken, and is not here,
 * answers that a person must mend it: the message pauses and nothing of it is lost.
 */
export function outletFor(outlets: Outlets, channel: MessageChannel): Outlet {
  return outlets.get(channel) ?? NOT_CONFIGURED;
}

const obstacle: Obstacle = {
  providers: [],
  error: {
    type: "OTHER",
    disposition: "pause",
    code: "NOT_CONFIGURED",
    message: "The message's channel is not configured where it is sent",
    retryAfterMs: null,
    beforeRecipient: true,
  },
};

const NOT_CONFIGURED: Outlet = {
  channel: { obstacle, send: () => Promise.resolve({ outcome: "held", obstacle }) },
  window: 1,
};
