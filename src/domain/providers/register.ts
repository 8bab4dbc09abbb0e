import type { MessageChannel } from "../channel.ts";
import type { Services } from "../services.ts";
import type { ProviderState } from "./provider.ts";
import { REGISTER, REGISTER_PACES } from "./queries.ts";

/** A provider as the settings of a process name it. */
export interface NamedProvider {
  readonly channel: MessageChannel;
  /** Known by it among those of its channel: "smtp.example.com:587". */
  readonly name: string;
  /** Messages per second at most, of all processes together; null: no limit. */
  readonly perSecond: number | null;
}

/**
 * Makes the providers known that a process is told of; every process does so at its start. One that is
 * known keeps its circuit, its limit and its credentials; an open one may be tried again at once.
 *
 * @param named each name once per channel
 * @returns their states, in the order in which they were named
 */
export async function registerProviders(
  { db }: Pick<Services, "db">,
  named: readonly NamedProvider[],
): Promise<ProviderState[]> {
  if (named.length === 0) return [];
  const states = await db.run(
    REGISTER,
    named.map(({ channel }) => channel),
    named.map(({ name }) => name),
    named.map(({ perSecond }) => perSecond),
  );
  await db.run(REGISTER_PACES, states.map(({ id }) => id));
  return named.flatMap(({ channel, name }) =>
    states.filter((state) => state.channel === channel && state.name === name)
  );
}
