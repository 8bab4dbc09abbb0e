import { getLogger } from "@logtape/logtape";
import type { Channel, Obstacle } from "../channels/channel.ts";
import { MESSAGE_CHANNELS, type MessageChannel } from "../domain/channel.ts";
import { CHANNEL_RULES } from "../domain/channel_rules/channel_rules.ts";
import { readStates } from "../domain/providers/find.ts";
import type { Services } from "../domain/services.ts";
import { addAccepted } from "../domain/providers/send_rate.ts";
import { FailoverChannel } from "./failover.ts";
import type { RegisteredProvider } from "./configured_provider.ts";
import { LiveProvider } from "./live_provider.ts";
import { SendCounts } from "./send_counts.ts";
import { Window } from "./window.ts";

// One delivery that is being sent, and one that is ready to follow.
const IN_FLIGHT_PER_CONNECTION = 2;
const log = getLogger(["waybill", "providers"]);

/** A delivery channel, and the share of it that one batch may use. */
export interface ChannelSlot {
  readonly channel: Pick<Channel, "send" | "obstacle">;
  /** Maximum number of deliveries in flight per batch. */
  readonly window: number;
  /** Places for the deliveries in flight of all urgent batches, and of all others. */
  readonly windows: { readonly urgent: Window; readonly normal: Window };
}

/** Configured channels of a process. */
export type ChannelSlots = ReadonlyMap<MessageChannel, ChannelSlot>;

/** Providers of a process, opened. */
export interface ProviderPool {
  readonly slots: ChannelSlots;
  /**
   * Reads the providers again, for changes by operators and by other processes, and records how many messages
   * they have accepted.
   */
  refresh(): Promise<void>;
  /** Closes idle connections now, and the others after their current mail. */
  close(): Promise<void>;
}

/** Options of a provider pool. */
export interface ProviderPoolOptions {
  /** Channel that replaces those which need no provider and have none. */
  readonly capture: Channel;
  /** Number of batches that are sent at once and share the connections. */
  readonly batches: number;
}

/**
 * Opens the providers of this process. Changes that the bus announces take effect at once; call
 * `refresh` regularly for those that the bus has missed.
 *
 * @param registered in order of preference
 */
export async function openProviderPool(
  services: Services,
  registered: readonly RegisteredProvider[],
  { capture, batches }: ProviderPoolOptions,
): Promise<ProviderPool> {
  const providers: LiveProvider[] = [];
  for (const provider of registered) providers.push(await LiveProvider.open(services, provider));
  const captured = MESSAGE_CHANNELS.filter((name) => !CHANNEL_RULES[name].needsProvider);
  const channels = new Map<MessageChannel, Channel>(captured.map((name) => [name, capture]));
  for (const [channel, ofChannel] of Map.groupBy(providers, ({ channel }) => channel)) {
    channels.set(channel, new FailoverChannel(ofChannel));
  }
  const counts = new SendCounts(services.meter);
  const refresh = async () => {
    const states = await readStates(services.db, providers.map(({ id }) => id));
    for (const state of states) await providers.find(({ id }) => id === state.id)?.adopt(state);
    await addAccepted(services, counts.take(providers));
  };
  const unsubscribe = services.bus.subscribe("providers", () => {
    refresh().catch((error) => log.warn("Cannot read the providers", { error }));
  });
  return {
    slots: new Map(
      [...channels].map(([name, channel]) => [name, slotOf(channel, counts.of(channel), batches)]),
    ),
    refresh,
    async close() {
      unsubscribe();
      await Promise.all([...channels.values()].map((channel) => channel.close()));
    },
  };
}

// A getter, because an operator may change the provider's rate limit at run time.
function slotOf(channel: Channel, counted: ChannelSlot["channel"], batches: number): ChannelSlot {
  const limit = () => channel.connections * IN_FLIGHT_PER_CONNECTION;
  return {
    channel: counted,
    get window() {
      return Math.max(1, Math.floor(limit() / batches));
    },
    windows: { urgent: new Window(limit), normal: new Window(limit) },
  };
}

/**
 * Finds the slot of a message's channel. If the channel is configured in the process that accepted the
 * message but not in this one, the slot has an obstacle that pauses the message.
 */
export function slotFor(slots: ChannelSlots, channel: MessageChannel): ChannelSlot {
  return slots.get(channel) ?? NOT_CONFIGURED;
}

const obstacle: Obstacle = {
  providers: [],
  error: {
    type: "OTHER",
    disposition: "pause",
    code: "NOT_CONFIGURED",
    message:
      "The channel of the message is not configured in the worker process: configure it there",
    retryAfterMs: null,
    beforeRecipient: true,
  },
};

const NOT_CONFIGURED: ChannelSlot = {
  channel: { obstacle, send: () => Promise.resolve({ outcome: "held", obstacle }) },
  window: 1,
  windows: { urgent: new Window(() => 1), normal: new Window(() => 1) },
};
