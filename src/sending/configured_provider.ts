import type { Channel } from "../channels/channel.ts";
import type { MessageChannel } from "../domain/channel.ts";
import { readStates } from "../domain/providers/find.ts";
import type { ProviderState } from "../domain/providers/provider.ts";
import { type NamedProvider, registerProviders } from "../domain/providers/register.ts";
import { fingerprintOf, recordSettings } from "../domain/providers/settings.ts";
import type { Services } from "../domain/services.ts";
import type { Credentials } from "../domain/vault.ts";

/** A provider that the settings name, and how to connect to it. */
export interface Configured<Connection> extends NamedProvider {
  /** Settings with the credentials, as text; other ones than before close the circuit. Absent: none. */
  readonly settings?: string;
  /** @param credentials null: those of the settings */
  open(credentials: Credentials | null): Connection;
}

/** A configured provider of a channel. */
export interface ConfiguredProvider extends Configured<Channel> {
  readonly channel: MessageChannel;
}

/** A configured provider and its row. */
export interface Registered<Provider> {
  readonly configured: Provider;
  readonly state: ProviderState;
  /** Fingerprint of the settings; absent: they are not compared. */
  readonly fingerprint?: string;
}

/** A configured provider of a channel and its row. */
export type RegisteredProvider = Registered<ConfiguredProvider>;

/**
 * Registers the configured providers, once at the start of a process; keeps their order. Call
 * `continueRecovered` afterwards.
 */
export async function registerConfigured<Provider extends Configured<unknown>>(
  services: Pick<Services, "db" | "bus">,
  configured: readonly Provider[],
): Promise<Registered<Provider>[]> {
  const states = await registerProviders(services, configured);
  const registered: Registered<Provider>[] = [];
  for (const [index, provider] of configured.entries()) {
    const state = states[index];
    if (state) registered.push(await compareSettings(services, provider, state));
  }
  return registered;
}

async function compareSettings<Provider extends Configured<unknown>>(
  services: Pick<Services, "db" | "bus">,
  configured: Provider,
  state: ProviderState,
): Promise<Registered<Provider>> {
  if (configured.settings === undefined) return { configured, state };
  const fingerprint = await fingerprintOf(state.id, configured.settings);
  await recordSettings(services, state.id, fingerprint);
  const [current = state] = await readStates(services.db, [state.id]);
  return { configured, state: current, fingerprint };
}
