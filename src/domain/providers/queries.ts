import { type Connection, statement } from "../../db/database.ts";
import type { MessageChannel } from "../channel.ts";
import type { Provider, ProviderState } from "./provider.ts";

const PROVIDER =
  `id, channel, name, enabled, coalesce(limit_override, configured_limit) as "perSecond",
  state, since, error_type as "errorType", error_code as "errorCode", error_message as "errorMessage"`;

/** A provider's columns under the names of `ProviderState`. */
export const STATE = `${PROVIDER}, epoch, openings, error_pauses as "errorPauses", credentials,
  extract(epoch from retry_at - clock_timestamp())::float8 * 1000 as "retryMs"`;

// An open circuit may be probed at once, because the settings may have been corrected before the start.
export const REGISTER = statement<
  [channels: MessageChannel[], names: string[], limits: (number | null)[]],
  ProviderState
>(
  "providers.register",
  `insert into providers (channel, name, configured_limit)
   select * from unnest($1::text[], $2::text[], $3::float8[]) order by 1, 2
   on conflict (channel, name) do update set configured_limit = excluded.configured_limit,
     retry_at = case when providers.state = 'OPEN' then now() else providers.retry_at end
   returning ${STATE}`,
);

export const REGISTER_RATE_LIMITS = statement<[ids: string[]]>(
  "providers.registerRateLimits",
  `insert into provider_paces (provider_id) select * from unnest($1::uuid[]) order by 1
   on conflict do nothing`,
);

const READ = statement<[ids: string[]], ProviderState>(
  "providers.read",
  `select ${STATE} from providers where id = any($1)`,
);

const FIND = statement<[ids: string[]], Provider>(
  "providers.find",
  `select ${PROVIDER} from providers where id = any($1)`,
);

/** Providers with their sealed credentials, for sending. */
export function readStates(db: Connection, ids: readonly string[]): Promise<ProviderState[]> {
  return db.run(READ, [...ids]);
}

/** Providers without their credentials, for the API. */
export function findProviders(db: Connection, ids: readonly string[]): Promise<Provider[]> {
  return db.run(FIND, [...ids]);
}
