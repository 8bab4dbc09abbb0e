import { getLogger } from "@logtape/logtape";
import type { Channel } from "../channels/channel.ts";
import type { MessageChannel } from "../domain/channel.ts";
import { readStates } from "../domain/providers/queries.ts";
import { registerProviders } from "../domain/providers/register.ts";
import type { Services } from "../domain/services.ts";
import { FailoverChannel } from "./failover.ts";
import { type ConfiguredProvider, LiveProvider } from "./live_provider.ts";

const log = getLogger(["waybill", "providers"]);

/** Providers of a process, opened. */
export interface ProviderPool {
  readonly channels: ReadonlyMap<MessageChannel, Channel>;
  /** Reads the providers again: changes by people and by other processes. */
  refresh(): Promise<void>;
  /** Ends idle connections now and the others after their mail. */
  close(): Promise<void>;
}

/**
 * Opens the providers of this process, in order of preference. Changes that the bus announces take
 * effect at once; call `refresh` regularly for those that it has missed.
 */
export async function openProviderPool(
  services: Services,
  configured: readonly ConfiguredProvider[],
): Promise<ProviderPool> {
  const states = await registerProviders(services, configured);
  const providers: LiveProvider[] = [];
  for (const [index, state] of states.entries()) {
    const provider = configured[index];
    if (provider) providers.push(await LiveProvider.open(services, provider, state));
  }
  const refresh = async () => {
    const found = await readStates(services.db, providers.map(({ id }) => id));
    for (const state of found) await providers.find(({ id }) => id === state.id)?.adopt(state);
  };
  const unsubscribe = services.bus.subscribe("providers", () => {
    refresh().catch((error) => log.warn("Cannot read the providers", { error }));
  });

  const byChannel = Map.groupBy(providers, ({ channel }) => channel);
  const channels = new Map(
    [...byChannel].map(([channel, ofChannel]) =>
      [channel, new FailoverChannel(ofChannel)] as const
    ),
  );
  return {
    channels,
    refresh,
    async close() {
      unsubscribe();
      await Promise.all([...channels.values()].map((channel) => channel.close()));
    },
  };
}
