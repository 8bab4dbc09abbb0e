import { getLogger } from "@logtape/logtape";
import type { Channel } from "../channels/channel.ts";
import type { MessageChannel } from "../domain/channel.ts";
import { readStates } from "../domain/providers/queries.ts";
import { registerProviders } from "../domain/providers/register.ts";
import type { Services } from "../domain/services.ts";
import { every } from "../queue/every.ts";
import { FailoverChannel } from "./failover.ts";
import { type ConfiguredProvider, LiveProvider } from "./live_provider.ts";

const REFRESH_MS = 5_000;
const log = getLogger(["waybill", "providers"]);

/** The ways out of a process. */
export interface WaysOut {
  readonly channels: ReadonlyMap<MessageChannel, Channel>;
  /** Ends idle connections now and the others after their mail. */
  close(): Promise<void>;
}

/**
 * Opens the ways out through providers, in the order in which they are named, and keeps up with what
 * other processes and people change of them.
 */
export async function openWaysOut(
  services: Services,
  configured: readonly ConfiguredProvider[],
): Promise<WaysOut> {
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
  const stop = every(REFRESH_MS, "Reading the providers", refresh);

  const byChannel = Map.groupBy(providers, ({ channel }) => channel);
  const channels = new Map(
    [...byChannel].map(([channel, ofChannel]) =>
      [channel, new FailoverChannel(ofChannel)] as const
    ),
  );
  return {
    channels,
    async close() {
      unsubscribe();
      await stop();
      await Promise.all([...channels.values()].map((channel) => channel.close()));
    },
  };
}
