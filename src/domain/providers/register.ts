import { statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import type { Services } from "../services.ts";
import { STATE } from "./find.ts";
import type { ProviderState } from "./provider.ts";

/** A provider in the settings of a process. */
export interface NamedProvider {
  /** Null: the language model. */
  readonly channel: MessageChannel | null;
  /** Unique within its channel: "smtp.example.com:587". */
  readonly name: string;
  /** Messages per second at most, of all processes together; null: no limit. */
  readonly perSecond: number | null;
}

// An open circuit may be probed at once, because the settings may have been corrected before the start.
const REGISTER = statement<
  [channels: (MessageChannel | null)[], names: string[], limits: (number | null)[]],
  ProviderState
>(
  "providers.register",
  `insert into providers (channel, name, configured_limit)
   select * from unnest($1::text[], $2::text[], $3::float8[]) order by 1, 2
   on conflict (channel, name) do update set configured_limit = excluded.configured_limit,
     retry_at = case when providers.state = 'OPEN' then now() else providers.retry_at end
   returning ${STATE}`,
);

const REGISTER_RATE_LIMITS = statement<[ids: string[]]>(
  "providers.registerRateLimits",
  `insert into provider_paces (provider_id) select * from unnest($1::uuid[]) order by 1
   on conflict do nothing`,
);

/**
 * Stores the providers of a process; every process does so at its start. A known provider keeps its
 * circuit, the limit and the credentials that an operator has set; an open circuit may be probed at once.
 *
 * @param named providers of the settings, each name once per channel
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
  await db.run(REGISTER_RATE_LIMITS, states.map(({ id }) => id));
  return named.flatMap(({ channel, name }) =>
    states.filter((state) => state.channel === channel && state.name === name)
  );
}
